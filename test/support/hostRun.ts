/**
 * Runs a module in a real extension host: desktop VS Code where there is one, code-server otherwise, by one call
 * of @vscode/test-electron. The suite in `test/host` and the benches that need a host share it.
 */
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { runTests, type TestOptions } from '@vscode/test-electron';
import { ensureCodeServer } from './codeServerInstall.ts';
import { desktopExecutable } from './desktop.ts';
import { prepareProfile, profileIn } from './editorProfile.ts';
import { inheritedVariables, repoRoot } from './paths.ts';
import { aborted } from './program.ts';
import { temporaryFolder } from './temporaryFolder.ts';

export interface HostRun {
  /** The extension under test. */
  readonly developmentPath: string;
  /** A CommonJS module that exports `run()`. */
  readonly testsPath: string;
  readonly workspace?: string;
  /** Others that are installed beside it; only one can be under development. */
  readonly extensionFolders?: readonly string[];
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
export async function runInHost(hostRun: HostRun, signal: AbortSignal): Promise<boolean> {
  if (hostKind() === 'code-server') await ensureCodeServer(signal);
  const { path, remove } = await temporaryFolder();
  await prepareProfile(profileIn(path), hostRun);
  try {
    const run = runTests(await testOptions(hostRun, path));
    return await Promise.race([run, aborted(signal)]).then(
      () => true,
      () => false,
    );
  } finally {
    signal.throwIfAborted();
    await remove();
  }
}

async function testOptions(hostRun: HostRun, folder: string): Promise<TestOptions> {
  const shim = join(repoRoot, 'test/support/vscodeShim.ts');
  await chmod(shim, 0o755);
  const { userDataFolder, extensionsFolder } = profileIn(folder);
  const profile = [`--user-data-dir=${userDataFolder}`, `--extensions-dir=${extensionsFolder}`];
  const workspace = hostRun.workspace === undefined ? [] : [hostRun.workspace];
  return {
    vscodeExecutablePath: desktopExecutable() ?? shim,
    extensionDevelopmentPath: hostRun.developmentPath,
    extensionTestsPath: hostRun.testsPath,
    launchArgs: [...workspace, ...profile],
    extensionTestsEnv: { ...inheritedVariables(), ...hostRun.env },
  };
}
