/**
 * Runs a module in a real extension host: desktop VS Code where there is one, code-server otherwise, by one call
 * of @vscode/test-electron. The suite in `test/host` and the benches that need a host share it.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { ensureCodeServer } from './codeServerInstall.ts';
import { desktopExecutable } from './desktop.ts';
import { inheritedVariables, repoRoot } from './paths.ts';
import { aborted } from './program.ts';

export interface HostRun {
  /** The extension under test. */
  readonly developmentPath: string;
  /** A CommonJS module that exports `run()`. */
  readonly testsPath: string;
  readonly workspace?: string;
  /** For the extension host. */
  readonly env: Readonly<Record<string, string>>;
}

export type HostKind = 'desktop' | 'code-server';

export function hostKind(): HostKind {
  return desktopExecutable() === undefined ? 'code-server' : 'desktop';
}

/**
 * Whether VS Code says that `run()` resolved. Not proof: code-server reports an extension host that was killed
 * as a success, so the module must leave a mark of its own.
 */
export async function runInHost(
  { developmentPath, testsPath, workspace, env }: HostRun,
  signal: AbortSignal,
): Promise<boolean> {
  if (hostKind() === 'code-server') await ensureCodeServer(signal);
  const data = await mkdtemp(join(tmpdir(), 'sluice-'));
  const shim = join(repoRoot, 'test/support/vscodeShim.ts');
  await chmod(shim, 0o755);
  const folder = workspace === undefined ? [] : [workspace];
  const profile = [`--user-data-dir=${join(data, 'user')}`, `--extensions-dir=${join(data, 'extensions')}`];
  try {
    const run = runTests({
      vscodeExecutablePath: desktopExecutable() ?? shim,
      extensionDevelopmentPath: developmentPath,
      extensionTestsPath: testsPath,
      launchArgs: [...folder, ...profile],
      extensionTestsEnv: { ...inheritedVariables(), ...env },
    });
    return await Promise.race([run, aborted(signal)]).then(
      () => true,
      () => false,
    );
  } finally {
    signal.throwIfAborted();
    await rm(data, { recursive: true, force: true, maxRetries: 3 });
  }
}
