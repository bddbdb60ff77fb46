/** The suite inside VS Code: bundled, run in a real extension host, believed only by its result file. */
import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { runInHost } from './hostRun.ts';
import { clearResult, type MochaPlan, type MochaResult, planVariable, readResult } from './mochaPlan.ts';
import { buildFolder, repoRoot } from './paths.ts';
import { copySample } from './sampleWorkspace.ts';
import { testFiles } from './testFiles.ts';

const bundleFolder = join(buildFolder, 'test/host');
const testTimeoutMs = 20_000;

/** The extension under test is the one that `dist` holds. */
export async function runHostTests(grep: string | undefined, signal: AbortSignal): Promise<MochaResult> {
  const plan: MochaPlan = {
    files: await bundleHostTests(),
    resultFile: join(buildFolder, 'test/host.json'),
    runId: randomUUID(),
    timeoutMs: testTimeoutMs,
    talkative: false,
    ...(grep === undefined ? {} : { grep }),
  };
  clearResult(plan);
  const sample = await copySample();
  try {
    const env = { [planVariable]: JSON.stringify(plan) };
    const testsPath = join(bundleFolder, 'index.cjs');
    await runInHost({ developmentPath: repoRoot, testsPath, workspace: sample.folder, env }, signal);
  } finally {
    await sample.remove();
  }
  return readResult(plan);
}

/** The extension host loads CommonJS; `vscode` is its own, and mocha must be the same one for every bundle. */
async function bundleHostTests(): Promise<string[]> {
  await rm(bundleFolder, { recursive: true, force: true });
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
