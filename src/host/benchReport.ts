/** The report of a benchmark as Markdown: each model against what was expected and against last time. */
import * as vscode from 'vscode';
import type { BenchEstimate, BenchResult } from '../flow/benchRun.ts';
import { BENCH_LEVELS, type BenchSuite } from '../flow/benchSuite.ts';
import type { BenchmarkRow } from '../routing/trialStore.ts';
import { levelName, missWords } from './benchWords.ts';
import { duration, money, percent, taskName } from './words.ts';

const t = vscode.l10n.t;

export interface ModelRun {
  readonly estimate: BenchEstimate;
  /** Rows of the last run before; empty: there was none. */
  readonly before: readonly BenchmarkRow[];
  readonly results: readonly BenchResult[];
}

export function benchReport(suite: BenchSuite, runs: readonly ModelRun[], cancelled: boolean): string {
  const counted = runs.filter(({ results }) => results.length > 0);
  const simulated = counted.some(({ estimate }) => estimate.model.simulated);
  return [
    `# ${t('Benchmark: {0}', suite.name)}`,
    ...(cancelled ? [t('It was cancelled; what was done until then is shown.')] : []),
    ...(simulated
      ? [t('Simulated models make their answers up: their results say nothing of real ones.')]
      : []),
    table(
      [
        t('Model'),
        t('Good'),
        t('Expected'),
        t('Last time'),
        t('Cost'),
        t('Estimated'),
        t('Last time'),
        t('Time for a task'),
        t('Last time'),
      ],
      counted.map(modelRow),
    ),
    `## ${t('By difficulty')}`,
    table(
      [t('Model'), ...BENCH_LEVELS.map(levelName)],
      counted.map((run) => [
        run.estimate.model.label,
        ...BENCH_LEVELS.map((level) => share(run.results.filter(({ task }) => task.level === level))),
      ]),
    ),
    `## ${t('What failed')}`,
    ...failures(counted),
    t(
      'An answer is checked without running it: it must be whole, an edit must apply, and it must say what a right answer cannot do without. A pass is no proof.',
    ),
    '',
  ].join('\n\n');
}

function modelRow({ estimate, before, results }: ModelRun): string[] {
  const { model, expected, tasks } = estimate;
  const answered = results.filter(({ failure }) => failure === undefined);
  const cost = costOf(answered);
  const costBefore = costOf(before);
  const usd = (value: number | undefined) =>
    model.billing === 'subscription' ? t('in your subscription') : money(value, model.simulated);
  const known = before.length > 0;
  return [
    model.label,
    share(results),
    percent(expected / Math.max(1, tasks)),
    known ? percent(before.filter(({ passed }) => passed).length / before.length) : '–',
    usd(cost),
    usd(estimate.usd),
    known ? usd(costBefore) : '–',
    answered.length === 0 ? '–' : duration(meanMs(answered)),
    known ? duration(meanMs(before)) : '–',
  ];
}

/** `7 of 9 (77 %)`; requests that failed do not count. */
function share(results: readonly BenchResult[]): string {
  const answered = results.filter(({ failure }) => failure === undefined);
  if (answered.length === 0) return '–';
  const passed = answered.filter((result) => result.passed).length;
  return t('{0} of {1} ({2})', passed, answered.length, percent(passed / answered.length));
}

/** Unknown as soon as one of them is. */
function costOf(rows: readonly { readonly costUsd?: number }[]): number | undefined {
  return rows.reduce<number | undefined>(
    (sum, { costUsd }) => (sum === undefined || costUsd === undefined ? undefined : sum + costUsd),
    0,
  );
}

function meanMs(rows: readonly { readonly totalMs: number }[]): number {
  return rows.reduce((sum, { totalMs }) => sum + totalMs, 0) / rows.length;
}

function failures(runs: readonly ModelRun[]): string[] {
  const lines = runs.flatMap(({ estimate, results }) =>
    results.flatMap((result) => {
      const why = missWords(result);
      if (why === undefined) return [];
      return [`- ${estimate.model.label}, ${result.task.id} (${taskName(result.task.task)}): ${why}`];
    }),
  );
  return lines.length === 0 ? [t('Nothing.')] : [lines.join('\n')];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
