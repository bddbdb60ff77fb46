/**
 * Four hundred changes in a file of ten thousand lines: our own part of it, and all of it in a real editor, beside one
 * bare WorkspaceEdit of the same changes. Units: milliseconds.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { growing } from '../../src/edit/alignment.ts';
import { diffLines, withHunks } from '../../src/edit/hunks.ts';
import { readEdit, readGrowing } from '../../src/edit/readEdit.ts';
import { hostKind, runInHost } from '../support/hostRun.ts';
import { buildFolder, logFolder, repoRoot } from '../support/paths.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { type EditsTimes, editsResultVariable, editsSample, HUNKS } from './editsSample.ts';
import { type Bench, check, quantile, summary } from './report.ts';

const ROUNDS = 25;
const never = new AbortController().signal;

export const edits: Bench = async ({ say }) => {
  const pure = pureTimes();
  say(`${HUNKS} hunks found, ${ROUNDS} rounds`);
  const host = await hostTimes();
  const median = (times: readonly number[]) => quantile(times, 0.5);
  return {
    results: {
      pureMs: {
        readAndCompare: summary(pure.whole),
        showOnce: summary(pure.shown),
        otherText: summary(pure.other),
      },
      host: { kind: hostKind(), quiet: host.quiet },
      hostMs: {
        finish: summary(host.liveMs),
        acceptAll: summary(host.acceptMs),
        rejectAll: summary(host.rejectMs),
        workspaceEdit: summary(host.workspaceEditMs),
      },
      note: 'finish reads, compares, writes and marks; the WorkspaceEdit was made before its time is taken',
    },
    checks: [
      check(`read an answer and find its ${HUNKS} hunks, P50`, median(pure.whole), '<=', 50, 'ms'),
      check('read and align a growing answer once, P50', median(pure.shown), '<=', 25, 'ms'),
      check('ten thousand lines that have nothing in common, P50', median(pure.other), '<=', 50, 'ms'),
      check(
        `finish with ${HUNKS} hunks in a real editor, over the bare WorkspaceEdit, P50`,
        median(host.liveMs) - median(host.workspaceEditMs),
        '<=',
        100,
        'ms',
      ),
      check('accept all, P50', median(host.acceptMs), '<=', 100, 'ms'),
    ],
  };
};

function pureTimes() {
  const { before, answer } = editsSample();
  const asked = { before, language: 'typescript', fileName: 'long.ts' };
  const other = before.map((line) => line.replace(/\w+/g, 'x$&'));
  const whole = times(() => {
    const reading = readEdit(answer, asked, true);
    if (reading.kind !== 'code') throw new Error(reading.kind);
    const { hunks } = diffLines(before, reading.lines);
    if (hunks.length !== HUNKS) throw new Error(`${hunks.length} hunks`);
    withHunks(before, hunks, (id) => id % 2 === 0);
  });
  const shown = times(() => growing(before, readGrowing(answer, asked) ?? []));
  return { whole, shown, other: times(() => diffLines(before, other)) };
}

function times(run: () => unknown): number[] {
  return Array.from({ length: ROUNDS }, () => {
    const startedMs = performance.now();
    run();
    return performance.now() - startedMs;
  });
}

async function hostTimes(): Promise<EditsTimes> {
  const folder = await temporaryFolder();
  const bundles = join(buildFolder, `bench-edits-${process.pid}`);
  try {
    const resultFile = join(folder.path, 'edits.json');
    const testsPath = await bundleHostModule(bundles);
    const env = { [editsResultVariable]: resultFile };
    await runInHost({ developmentPath: repoRoot, testsPath, env }, never);
    // Only its file says that the host has measured everything.
    const text = await readFile(resultFile, 'utf8').catch(() => {
      throw new Error(`The extension host left no result; its log is the newest in ${logFolder}.`);
    });
    return JSON.parse(text);
  } finally {
    await folder.remove();
    await rm(bundles, { recursive: true, force: true });
  }
}

async function bundleHostModule(outdir: string): Promise<string> {
  await build({
    entryPoints: [join(repoRoot, 'test/bench/editsHost.ts')],
    outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    external: ['vscode'],
    logLevel: 'warning',
  });
  return join(outdir, 'editsHost.cjs');
}
