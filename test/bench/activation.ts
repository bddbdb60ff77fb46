/**
 * What Sluice costs before it is used: load and `activate()` over those of an empty extension in the same real
 * extension host, memory, and sizes. Each sample is a host that was just started; Sluice is what the package holds.
 */
import { readFile, rm, stat } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { packageExtension } from '../support/buildExtension.ts';
import { hostKind, runInHost } from '../support/hostRun.ts';
import { buildFolder, logFolder, repoRoot } from '../support/paths.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporaryFolder.ts';
import { readZip } from '../support/zipFile.ts';
import { type HostPlan, type HostSample, hostPlanVariable } from './activationPlan.ts';
import { type Stage, stageExtensions } from './activationStage.ts';
import { type Bench, type BenchOptions, check, quantile, round } from './report.ts';

const HOSTS = 5;
const KILO = 1_000;
const MEGA = 1_000_000;
/** Chunks of `dist` that a webview loads; every other one but the main chunk is loaded by the host when it is needed. */
const WEBVIEW = /\.js$/;
const MAIN = 'extension.cjs';
const never = new AbortController().signal;

export const activation: Bench = async ({ say }) => {
  const folder = await temporaryFolder();
  const bundles = join(buildFolder, `bench-${process.pid}`);
  try {
    const vsix = join(folder.path, 'sluice.vsix');
    await packageExtension(vsix, never);
    const packaged = await readZip(vsix);
    const stage = await stageExtensions(folder.path, packaged);
    const testsPath = await bundleHostModule(bundles);
    const samples = await hostSamples({ folder, stage, testsPath, say });
    return report({ samples, stage, sizes: chunkSizes(packaged), vsixBytes: (await stat(vsix)).size });
  } finally {
    await folder.remove();
    await rm(bundles, { recursive: true, force: true });
  }
};

async function bundleHostModule(outdir: string): Promise<string> {
  await build({
    entryPoints: [join(repoRoot, 'test/bench/activationHost.ts')],
    outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    external: ['vscode'],
    logLevel: 'warning',
  });
  return join(outdir, 'activationHost.cjs');
}

interface HostRounds extends Pick<BenchOptions, 'say'> {
  readonly folder: TemporaryFolder;
  readonly stage: Stage;
  readonly testsPath: string;
}

/** The order changes from host to host, so that neither profits from what the other has warmed. */
async function hostSamples({ folder, stage, testsPath, say }: HostRounds): Promise<HostSample[]> {
  const { first, empty, sluice } = stage;
  const samples: HostSample[] = [];
  for (let round = 0; round < HOSTS; round += 1) {
    say(`host ${round + 1} of ${HOSTS}, load ${loadavg()[0]?.toFixed(1)}`);
    const pair = round % 2 === 0 ? [empty.id, sluice.id] : [sluice.id, empty.id];
    const resultFile = join(folder.path, `host-${round}.json`);
    const plan: HostPlan = { order: [first.id, ...pair], resultFile };
    await runInHost(
      {
        developmentPath: first.folder,
        extensionFolders: [empty.folder, sluice.folder],
        testsPath,
        env: { [hostPlanVariable]: JSON.stringify(plan) },
      },
      never,
    );
    samples.push(await readSample(resultFile));
  }
  return samples;
}

/** Only its file says that a host has measured everything. */
async function readSample(file: string): Promise<HostSample> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Error(`An extension host left no result; its log is the newest in ${logFolder}.`);
  });
  return JSON.parse(text);
}

/** Bytes by file name. */
function chunkSizes(packaged: ReadonlyMap<string, Buffer>): ReadonlyMap<string, number> {
  const chunks = [...packaged].filter(([path]) => /^extension\/dist\/.*js$/.test(path));
  return new Map(chunks.map(([path, { length }]) => [path.replace('extension/dist/', ''), length]));
}

interface Measured {
  readonly samples: readonly HostSample[];
  readonly stage: Stage;
  readonly sizes: ReadonlyMap<string, number>;
  readonly vsixBytes: number;
}

function report({ samples, stage, sizes, vsixBytes }: Measured) {
  const perHost = samples.map((sample) => overEmpty(sample, stage));
  const median = (value: (one: OverEmpty) => number) => quantile(perHost.map(value), 0.5);
  const mainBytes = sizes.get(MAIN) ?? Number.NaN;
  return {
    results: {
      host: { kind: hostKind(), ...samples[0]?.host },
      samples,
      overEmpty: perHost,
      bytes: { vsix: vsixBytes, main: mainBytes, ...groupedSizes(sizes) },
      note: 'activation is the require of the main chunk and the call of activate(); whole adds what VS Code itself does',
    },
    checks: [
      check(
        'activation over an empty extension',
        median(({ activationMs }) => activationMs),
        '<=',
        15,
        'ms',
      ),
      check(
        'require of the eager main chunk',
        median(({ loadMs }) => loadMs),
        '<=',
        10,
        'ms',
      ),
      check('eager main chunk', mainBytes / KILO, '<=', 200, 'kB'),
      check('.vsix', vsixBytes / MEGA, '<=', 3, 'MB'),
      check(
        'heap after activation',
        median(({ heapMb }) => heapMb),
        '<=',
        5,
        'MB',
      ),
      check(
        'heap after the first request',
        median(({ requestHeapMb }) => requestHeapMb),
        '<=',
        40,
        'MB',
      ),
    ],
  };
}

type OverEmpty = ReturnType<typeof overEmpty>;

/** One host: Sluice minus the empty extension. */
function overEmpty({ activations, request }: HostSample, { empty, sluice }: Stage) {
  const [ours, theirs] = [activations[sluice.id], activations[empty.id]];
  if (ours === undefined || theirs === undefined) throw new Error('A host has not measured both extensions.');
  const heapMb = (ours.heapBytes - theirs.heapBytes) / MEGA;
  return {
    activationMs: round(ours.loadMs + ours.activateMs - theirs.loadMs - theirs.activateMs),
    wholeMs: round(ours.wholeMs - theirs.wholeMs),
    cpuMs: round(ours.cpuMs - theirs.cpuMs),
    quiet: ours.quiet && theirs.quiet,
    loadMs: round(ours.loadMs),
    heapMb: round(heapMb),
    requestHeapMb: round(heapMb + (request.heapBytes + request.workerHeapBytes) / MEGA),
  };
}

function groupedSizes(sizes: ReadonlyMap<string, number>) {
  const others = [...sizes].filter(([name]) => name !== MAIN);
  return {
    lazy: Object.fromEntries(others.filter(([name]) => !WEBVIEW.test(name))),
    webviews: Object.fromEntries(others.filter(([name]) => WEBVIEW.test(name))),
  };
}
