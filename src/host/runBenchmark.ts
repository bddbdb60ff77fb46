/** `Sluice: Run Benchmark…`: a suite on chosen models, with an estimate and consent first; a report, and evidence. */
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { isCancellation } from '../base/errors.ts';
import {
  type BenchEstimate,
  type BenchResult,
  estimateBench,
  type FailingCheck,
  runBench,
} from '../flow/benchRun.ts';
import type { BenchSuite, ReadBenchFile } from '../flow/benchSuite.ts';
import { BUNDLED_SUITE } from '../flow/benchTasks.ts';
import type { Pipeline } from '../flow/pipeline.ts';
import type { Platforms } from '../flow/platforms.ts';
import type { BenchmarkRow, TrialStore } from '../routing/trialStore.ts';
import { benchReport, type ModelRun } from './benchReport.ts';
import { faultWords } from './benchWords.ts';
import { localOnlyFor } from './localOnly.ts';
import { duration, money, percent } from './words.ts';

const t = vscode.l10n.t;

export interface BenchmarkDeps {
  readonly pipeline: Pipeline;
  readonly platforms: Pick<Platforms, 'models' | 'labelOf'>;
  readonly clock: Clock;
  readonly store: () => Promise<TrialStore>;
  readonly readFile: () => Promise<ReadBenchFile>;
  readonly failingCheck: FailingCheck;
  /** Results as evidence for the router. */
  readonly teach: (results: readonly BenchResult[], suite: string) => Promise<void>;
}

/** What a key binding, another command or a test may give; what is absent is asked for. */
export interface BenchmarkArguments {
  readonly suite?: vscode.Uri | 'bundled';
  /** Keys. */
  readonly models?: readonly string[];
  readonly consent?: boolean;
}

/** Resolves with the results; undefined: the person did not go on, or the file is wrong. */
export async function runBenchmark(
  deps: BenchmarkDeps,
  given: unknown,
): Promise<readonly BenchResult[] | undefined> {
  const wanted: BenchmarkArguments = typeof given === 'object' && given !== null ? given : {};
  const suite = await chosenSuite(deps, wanted.suite);
  if (suite === undefined) return undefined;
  const estimates = await chosenModels(suite, deps, wanted.models);
  if (estimates === undefined || !(wanted.consent ?? (await consents(suite, estimates)))) return undefined;
  const store = await deps.store();
  const runs = estimates.map((estimate) => ({
    estimate,
    before: store.lastBenchmark(suite.name, estimate.model.key),
    results: [] as BenchResult[],
  }));
  const cancelled = await withProgress(suite, runs, deps);
  const results = runs.flatMap((run) => run.results);
  if (results.length === 0) return results;
  store.benchmarked(rowsOf(suite, results, deps.clock.now()));
  await deps.teach(results, suite.name);
  await showReport(suite, runs, cancelled);
  return results;
}

async function chosenSuite(
  deps: BenchmarkDeps,
  given: vscode.Uri | 'bundled' | undefined,
): Promise<BenchSuite | undefined> {
  const from = given ?? (await askSuite());
  if (from === undefined) return undefined;
  if (from === 'bundled') return BUNDLED_SUITE;
  const [bytes, read] = await Promise.all([vscode.workspace.fs.readFile(from), deps.readFile()]);
  const file = read(new TextDecoder().decode(bytes));
  if ('suite' in file) {
    const tasks = file.suite.tasks.map((task) => ({ ...task, ...localOnlyFor(from) }));
    return { ...file.suite, tasks };
  }
  const [first] = file.faults;
  const words = file.faults.map((fault) => t('line {0}: {1}', fault.line, faultWords(fault))).join('; ');
  const open = t('Open File');
  const told = vscode.window.showErrorMessage(t('This benchmark cannot be used: {0}.', words), open);
  void told.then(async (picked) => {
    if (picked !== open) return;
    const at = new vscode.Position((first?.line ?? 1) - 1, 0);
    await vscode.window.showTextDocument(from, { selection: new vscode.Range(at, at) });
  });
  return undefined;
}

async function askSuite(): Promise<vscode.Uri | 'bundled' | undefined> {
  const files = await vscode.workspace.findFiles('**/*.sluice-bench.json', '**/node_modules/**', 50);
  const items = [
    {
      label: t('Sluice’s own benchmark'),
      description: t('{0} tasks', BUNDLED_SUITE.tasks.length),
      from: 'bundled' as const,
    },
    ...files.map((from) => ({ label: vscode.workspace.asRelativePath(from), description: '', from })),
  ];
  const title = t('Run Benchmark');
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder: t('Which tasks?') });
  return picked?.from;
}

async function chosenModels(
  suite: BenchSuite,
  { pipeline, platforms }: BenchmarkDeps,
  given: readonly string[] | undefined,
): Promise<readonly BenchEstimate[] | undefined> {
  const estimates = platforms.models.map((model) => estimateBench(suite, model, { pipeline }));
  if (given !== undefined) return estimates.filter(({ model }) => given.includes(model.key));
  if (estimates.length === 0) {
    void vscode.window.showInformationMessage(t('No platform is connected.'));
    return undefined;
  }
  const items = estimates.map((estimate) => ({
    label: estimate.model.label,
    description: platforms.labelOf(estimate.model.platform),
    detail: estimateWords(estimate),
    picked: estimate.model.use !== 'by-name',
    estimate,
  }));
  const title = t('Run Benchmark: {0}', suite.name);
  const placeHolder = t('Which models? Nothing is sent yet.');
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder, canPickMany: true });
  return picked === undefined || picked.length === 0 ? undefined : picked.map(({ estimate }) => estimate);
}

function estimateWords({ usd, ms, tasks, expected, model }: BenchEstimate): string {
  const cost =
    model.billing === 'subscription'
      ? t('in your subscription')
      : usd === undefined
        ? t('cost unknown')
        : money(usd, model.simulated);
  return t(
    '{0}, about {1}, {2} expected to be good',
    cost,
    duration(ms),
    percent(expected / Math.max(1, tasks)),
  );
}

/** Asked also where it costs nothing: it takes time and a part of the limits. */
async function consents(suite: BenchSuite, estimates: readonly BenchEstimate[]): Promise<boolean> {
  const requests = estimates.reduce((sum, { tasks }) => sum + tasks, 0);
  const ms = estimates.reduce((sum, estimate) => sum + estimate.ms, 0);
  const real = estimates.filter(({ model }) => !model.simulated);
  const unknown = real.some(({ usd }) => usd === undefined);
  const usd = money(
    real.reduce((sum, estimate) => sum + (estimate.usd ?? 0), 0),
    false,
  );
  const cost = unknown ? t('{0} and what models of unknown price take', usd) : usd;
  const run = t('Run');
  const picked = await vscode.window.showInformationMessage(
    t('Run the benchmark “{0}”?', suite.name),
    {
      modal: true,
      detail: t(
        '{0} requests, estimated cost {1}, about {2}. You can cancel at any time.',
        requests,
        cost,
        duration(ms),
      ),
    },
    run,
  );
  return picked === run;
}

/** True when the person cancelled: what was done until then counts. */
async function withProgress(
  suite: BenchSuite,
  runs: readonly (ModelRun & { readonly results: BenchResult[] })[],
  deps: BenchmarkDeps,
): Promise<boolean> {
  const all = runs.length * suite.tasks.length;
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: t('Sluice: benchmark “{0}”', suite.name),
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (progress, token) => {
    const abort = new AbortController();
    token.onCancellationRequested(() => abort.abort(new DOMException('cancelled', 'AbortError')));
    const note = (result: BenchResult) => {
      runs.find(({ estimate }) => estimate.model === result.model)?.results.push(result);
      progress.report({
        increment: 100 / all,
        message: t('{0}: {1}', result.model.label, result.task.id),
      });
    };
    try {
      const models = runs.map(({ estimate }) => estimate.model);
      await runBench({ suite, models }, deps, note, abort.signal);
      return false;
    } catch (error) {
      if (isCancellation(error, abort.signal)) return true;
      throw error;
    }
  });
}

/** A request that failed says nothing of the model. */
function rowsOf({ name }: BenchSuite, results: readonly BenchResult[], atMs: number): BenchmarkRow[] {
  return results
    .filter(({ failure }) => failure === undefined)
    .map(({ task, model, passed, costUsd, totalMs }) => ({
      ...{ suite: name, atMs, modelKey: model.key, task: task.id, passed, totalMs },
      ...(costUsd === undefined ? {} : { costUsd }),
    }));
}

async function showReport(suite: BenchSuite, runs: readonly ModelRun[], cancelled: boolean): Promise<void> {
  const content = benchReport(suite, runs, cancelled);
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content });
  await vscode.window.showTextDocument(document, { preview: false });
}
