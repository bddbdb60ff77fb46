/** The suite inside VS Code: bundled, run in a real extension host, believed only by its result file. */
import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ensureClaude } from './claudeInstall.ts';
import { fakeClaude } from './claudeTrial.ts';
import { runInHost } from './hostRun.ts';
import { type MochaResult, planVariable } from './mochaPlan.ts';
import { buildFolder, repoRoot } from './paths.ts';
import { plannedRun } from './plannedRun.ts';
import { copySample } from './sampleWorkspace.ts';
import { ensureSystem, redisNeed } from './systemPackages.ts';
import { temporaryFolder } from './temporaryFolder.ts';
import { testFiles } from './testFiles.ts';

/** Inside the repository, where the bundles find mocha. */
const bundleFolder = join(buildFolder, `host-${process.pid}`);
/** Extensions beside the one under test. */
const HELPERS = ['consumerExtension', 'modelExtension'].map((name) => join(repoRoot, 'test/support', name));
const testTimeoutMs = 90_000;

/** The extension under test is the one that `dist` holds. */
export async function runHostTests(
  grep: string | undefined,
  signal: AbortSignal,
  more: Readonly<Record<string, string>> = {},
): Promise<MochaResult> {
  const sample = await copySample();
  const programs = await temporaryFolder();
  try {
    const request = { files: await bundleHostTests(), timeoutMs: testTimeoutMs, talkative: false, grep };
    await ensureSystem([redisNeed], signal);
    const claude = await ensureClaude(signal);
    const fake = await fakeClaude(programs.path);
    return await plannedRun(request, (plan) => {
      const env = {
        ...more,
        [planVariable]: JSON.stringify(plan),
        SLUICE_TEST_CLAUDE: claude,
        SLUICE_TEST_CLAUDE_FAKE: fake,
      };
      const testsPath = join(bundleFolder, 'index.cjs');
      const workspace = sample.folder;
      const host = { developmentPath: repoRoot, testsPath, workspace, extensionFolders: HELPERS, env };
      return runInHost(host, signal);
    });
  } finally {
    await sample.remove();
    await programs.remove();
    await rm(bundleFolder, { recursive: true, force: true });
  }
}

/** The extension host loads CommonJS; `vscode` is its own, and mocha must be the same one for every bundle. */
async function bundleHostTests(): Promise<string[]> {
  await build({
    entryPoints: [join(repoRoot, 'test/host/index.ts'), ...testFiles('host')],
    outdir: bundleFolder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  const built = readdirSync(bundleFolder).filter((name) => name.endsWith('.test.cjs'));
  return built.sort().map((name) => join(bundleFolder, name));
}
