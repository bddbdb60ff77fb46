/**
 * Runs the workspace's test command once a change that was accepted is saved, and says when it fails. Never in a workspace
 * that is not trusted. Units: milliseconds.
 */
import * as vscode from 'vscode';
import { type CheckResult, type CheckVerdict, failed, PASSED, unknown } from '../base/check.ts';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import type { LazyChecking } from '../flow/lazyChecking.ts';
import type { Receipt } from '../flow/request.ts';
import type { Settings } from '../flow/settings.ts';
import { checkWhyWords } from './checkWords.ts';

const t = vscode.l10n.t;
/** What is saved later is the next piece of work. */
const SAVED_WITHIN_MS = 600_000;

export type RunTests = (
  order: { readonly command: string; readonly folder: string; readonly limitMs: number },
  signal: AbortSignal,
) => Promise<
  | { readonly kind: 'ended'; readonly exitCode: number }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'not-started' }
>;

export interface TestRunsDeps {
  readonly runTests: RunTests;
  readonly checking: Pick<LazyChecking, 'get'>;
  readonly settings: () => Settings;
  readonly clock: Clock;
}

interface Accepted {
  readonly receipt: Receipt;
  readonly document: vscode.TextDocument;
  readonly stronger: () => void;
  readonly sinceMs: number;
}

export class TestRuns implements Disposable {
  readonly #deps: TestRunsDeps;
  readonly #bag = new DisposableBag();
  readonly #abort = new AbortController();
  #waiting: readonly Accepted[] = [];
  /** Whether they passed the last time, by folder. */
  readonly #passed = new Map<string, boolean>();
  #turn: Promise<void> = Promise.resolve();

  constructor(deps: TestRunsDeps) {
    this.#deps = deps;
    this.#bag.add(vscode.workspace.onDidSaveTextDocument((document) => this.#saved(document)));
  }

  /** `stronger` asks a stronger model for the same. A file that is saved already is tested at once. */
  accepted(receipt: Receipt, document: vscode.TextDocument, stronger: () => void): void {
    if (this.#deps.settings()['checks.testCommand'] === '') return;
    const sinceMs = this.#deps.clock.monotonic();
    this.#waiting = [...this.#waiting, { receipt, document, stronger, sinceMs }];
    if (!document.isDirty && !document.isUntitled) this.#saved(document);
  }

  /** Resolves when no test is running. */
  get idle(): Promise<void> {
    return this.#turn;
  }

  dispose(): void {
    this.#abort.abort(new DOMException('the window closes', 'AbortError'));
    this.#bag.dispose();
  }

  #saved(document: vscode.TextDocument): void {
    const due = this.#waiting.filter((one) => one.document === document);
    if (due.length === 0) return;
    this.#waiting = this.#waiting.filter((one) => one.document !== document);
    const nowMs = this.#deps.clock.monotonic();
    const newest = due.findLast(({ sinceMs }) => nowMs - sinceMs <= SAVED_WITHIN_MS);
    // One after the other: tests of one folder seldom bear company.
    if (newest) this.#turn = this.#turn.then(() => this.#test(newest));
  }

  async #test({ receipt, document, stronger }: Accepted): Promise<void> {
    const startedMs = this.#deps.clock.monotonic();
    const folder = vscode.workspace.getWorkspaceFolder(document.uri)?.uri;
    if (folder?.scheme !== 'file' || this.#abort.signal.aborted) return;
    const verdict = vscode.workspace.isTrusted
      ? await this.#run(folder.fsPath)
      : unknown({ kind: 'not-trusted' });
    if (verdict === undefined) return;
    const ms = this.#deps.clock.monotonic() - startedMs;
    const result: CheckResult = { check: 'tests', ms, ...verdict };
    (await this.#deps.checking.get()).noted(receipt, [result]);
    if (verdict.verdict !== 'pass') void tell(result, receipt, stronger);
  }

  /** Undefined: the window closes. */
  async #run(folder: string): Promise<CheckVerdict | undefined> {
    const settings = this.#deps.settings();
    const limitMs = settings['checks.testSeconds'] * 1_000;
    const order = { command: settings['checks.testCommand'], folder, limitMs };
    const title = t('Sluice: running your tests');
    const options = { location: vscode.ProgressLocation.Window, title };
    try {
      const run = await vscode.window.withProgress(options, () =>
        this.#deps.runTests(order, this.#abort.signal),
      );
      if (run.kind === 'timed-out') return unknown({ kind: 'timed-out', afterMs: limitMs });
      if (run.kind === 'not-started') return unknown({ kind: 'not-started' });
      return this.#judged(folder, run.exitCode);
    } catch (error) {
      if (this.#abort.signal.aborted) return undefined;
      throw error;
    }
  }

  /** A failure counts only where they were seen to pass: else nobody knows whether the change is to blame. */
  #judged(folder: string, exitCode: number): CheckVerdict {
    const passedBefore = this.#passed.get(folder);
    this.#passed.set(folder, exitCode === 0);
    if (exitCode === 0) return PASSED;
    return passedBefore === true
      ? failed({ kind: 'tests-failed', exitCode })
      : unknown({ kind: 'failed-before' });
  }
}

async function tell({ why, verdict }: CheckResult, { model }: Receipt, stronger: () => void): Promise<void> {
  if (why === undefined || why.kind === 'failed-before') return;
  const ask = t('Ask a Stronger Model');
  const words = t('Tests after the change of {0}: {1}.', model, checkWhyWords(why));
  const picked = await vscode.window.showWarningMessage(words, ...(verdict === 'fail' ? [ask] : []));
  if (picked === ask) stronger();
}
