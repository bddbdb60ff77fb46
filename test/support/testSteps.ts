/** The steps of `npm test`, in the order in which they run: cheap ones first. Units: milliseconds. */
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { packageForTests } from './buildExtension.ts';
import { ensureClaude } from './claudeInstall.ts';
import { ensureCodeServer } from './codeServerInstall.ts';
import { runHostTests } from './hostTests.ts';
import { planVariable } from './mochaPlan.ts';
import { logFolder, repoRoot } from './paths.ts';
import { plannedRun } from './plannedRun.ts';
import { run } from './processes.ts';
import { chromiumNeed, ensureSystem, redisNeed } from './systemPackages.ts';
import { testFiles } from './testFiles.ts';
import { failedOnce, type Step, type StepOutcome } from './testReport.ts';

export const stepNames = ['types', 'lint', 'tools', 'build', 'unit', 'host', 'workbench'] as const;
export type StepName = (typeof stepNames)[number];

/** They run in turn: beside each other they take no less time on two cores, and tests wait in vain for what comes too late. */
const LONG: ReadonlySet<string> = new Set<StepName>(['unit', 'host', 'workbench']);

/** Whether `step` cannot do without `other`. */
export function needs(step: string, other: StepName): boolean {
  if (other === 'tools') return LONG.has(step);
  return other === 'build' && (step === 'host' || step === 'workbench');
}

const tsc = join(repoRoot, 'node_modules/typescript/bin/tsc');
const biome = join(repoRoot, 'node_modules/@biomejs/biome/bin/biome');
const unitTimeoutMs = 60_000;
/** A workbench test starts a server and a browser. */
const workbenchTimeoutMs = 300_000;

export function createStep(name: StepName, grep: string | undefined): Step {
  const steps: Record<StepName, Step> = {
    types: { name, run: (signal) => runTools(name, typeChecks(), signal) },
    lint: {
      name,
      run: (signal) =>
        runTools(name, [[biome, 'ci', '--colors=off', '--diagnostic-level=warn', '.']], signal),
    },
    tools: { name, run: installTools },
    build: { name, run: build },
    unit: { name, run: (signal) => runTestProcess('unit', unitTimeoutMs, grep, signal) },
    host: { name, run: (signal) => runHostTests(grep, signal) },
    workbench: { name, run: (signal) => runTestProcess('workbench', workbenchTimeoutMs, grep, signal) },
  };
  return steps[name];
}

/** Here, where no timeout of a test bounds it: on a fresh machine it takes minutes. */
async function installTools(signal: AbortSignal): Promise<StepOutcome> {
  await ensureSystem([chromiumNeed, redisNeed], signal);
  await ensureCodeServer(signal);
  await ensureClaude(signal);
  return nothingCounted;
}

async function build(signal: AbortSignal): Promise<StepOutcome> {
  await packageForTests(signal);
  return nothingCounted;
}

const nothingCounted: StepOutcome = { passed: 0, failed: 0, skipped: 0, failures: [] };

function typeChecks(): string[][] {
  const projects = ['.', 'src/panel'].filter((folder) => existsSync(join(repoRoot, folder, 'tsconfig.json')));
  return projects.map((project) => [tsc, '-p', project, '--noEmit']);
}

/** Runs every command even after one has failed; together they count as one test. */
async function runTools(
  name: StepName,
  commands: readonly string[][],
  signal: AbortSignal,
): Promise<StepOutcome> {
  const logFile = join(logFolder, `${name}.log`);
  await rm(logFile, { force: true });
  let failed = false;
  for (const command of commands) {
    const code = await run(process.execPath, command, { cwd: repoRoot, logFile }, signal);
    failed ||= code !== 0;
  }
  if (failed) return failedOnce(name, await readFile(logFile, 'utf8'));
  return { passed: 1, failed: 0, skipped: 0, failures: [] };
}

/**
 * mocha in a process of its own, so that a test which exits cannot take the report with it. The tests of the
 * webviews are unit tests that draw in a browser.
 */
async function runTestProcess(
  kind: 'unit' | 'workbench',
  timeoutMs: number,
  grep: string | undefined,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const request = { files: testFiles(kind), timeoutMs, talkative: kind === 'workbench', grep };
  return plannedRun(request, (plan) => {
    const env = { ...process.env, [planVariable]: JSON.stringify(plan) };
    return run(process.execPath, [join(import.meta.dirname, 'mochaMain.ts')], { cwd: repoRoot, env }, signal);
  });
}
