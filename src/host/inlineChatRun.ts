/** Sends one turn and lets its answer grow: in the thread, or as an edit in the file. */
import * as vscode from 'vscode';
import { failureIn } from '../base/check.ts';
import type { Clock } from '../base/clock.ts';
import { type AnySluiceError, isCancellation, SluiceError } from '../base/errors.ts';
import type { LazyChecking } from '../flow/lazyChecking.ts';
import type { Outcomes } from '../flow/outcomes.ts';
import type { Pipeline } from '../flow/pipeline.ts';
import type { Answer, AnswerEvent, Receipt, RouteRequest } from '../flow/request.ts';
import type { ServerSpeech } from '../flow/serverSpeech.ts';
import { similarNotice } from './answerEndings.ts';
import { checkedWords, wentUpWords } from './checkWords.ts';
import type { EditWatch } from './editWatch.ts';
import { errorWords } from './errorWords.ts';
import type { ChatTarget } from './inlineChatPlace.ts';
import type { ChatTurn } from './inlineChatTurn.ts';
import { commandUri, firstWords } from './inlineChatWords.ts';
import type { EditPlace, LiveEdit } from './liveEdit.ts';
import { checkShown, diagnosticsCheck, type ErrorsBefore, errorsNow } from './shownChecks.ts';
import type { TestRuns } from './testRuns.ts';
import { TriedEdit } from './triedEdit.ts';
import { duration } from './words.ts';

const t = vscode.l10n.t;
const HINT_CHARS = 70;

export interface RunDeps {
  readonly pipeline: Pipeline;
  readonly labelOf: (platform: string) => string;
  /** Loaded with the first edit; `start` throws `not-editable`. */
  readonly edits: () => Promise<{ start(place: EditPlace): LiveEdit }>;
  readonly outcomes: Outcomes;
  readonly watch: EditWatch;
  readonly checking: Pick<LazyChecking, 'get'>;
  readonly clock: Clock;
  readonly speech: ServerSpeech;
  readonly tests: Pick<TestRuns, 'accepted'>;
}

export interface Run {
  readonly turn: ChatTurn;
  readonly request: RouteRequest;
  readonly target: ChatTarget;
  /** Aborted from here when the edit is ended in the file. */
  readonly abort: AbortController;
  /** The turn has changed; `hint` is shown at once, which the thread is not. */
  readonly changed: (hint: string) => void;
  /** Asks a stronger model the same. */
  readonly stronger: () => void;
}

/** Resolves with the receipt, or without one when nothing came: the turn then says why. Throws only bugs. */
export async function runTurn(deps: RunDeps, run: Run): Promise<Receipt | undefined> {
  const { turn, request, target, abort } = run;
  let edit: LiveEdit | undefined;
  try {
    edit = request.form === 'edit' ? await startEdit(deps, run) : undefined;
    turn.live = edit;
    const place = edit && placeOf(deps, run, edit);
    const sent = target.growing(() => send(deps, run, place));
    return await sent;
  } catch (error) {
    turn.live = undefined;
    if (edit !== undefined) await edit.stop();
    failed(deps, turn, error, abort.signal);
    return undefined;
  }
}

async function startEdit({ edits }: RunDeps, { target }: Run): Promise<LiveEdit> {
  const range = target.wholeLines;
  const place = { uri: target.document.uri, range, original: target.document.getText(range) };
  // A selection would grow over what is inserted into it.
  for (const editor of vscode.window.visibleTextEditors) {
    if (editor.document === target.document && editor.selection.intersection(range)) {
      editor.selection = new vscode.Selection(editor.selection.start, editor.selection.start);
    }
  }
  return (await edits()).start(place);
}

/** Where the answer is tried; as long as none stands there, an edit that ends in the file ends the request. */
function placeOf(
  { clock, speech }: RunDeps,
  { target, turn, abort, changed }: Run,
  edit: LiveEdit,
): TriedEdit {
  const tell = (status: string) => {
    turn.update({ status });
    changed(status);
  };
  const place = new TriedEdit({ edit, document: target.document, speech, clock, tell });
  void edit.settled.then(() => {
    if (!place.stands) abort.abort(new DOMException('ended in the file', 'AbortError'));
  });
  return place;
}

async function send(deps: RunDeps, run: Run, place: TriedEdit | undefined): Promise<Receipt> {
  const { turn, request, abort, changed } = run;
  const hear = (event: AnswerEvent) => {
    if (abort.signal.aborted) return;
    if (event.kind === 'text') place?.push(event.text);
    changed(heard(deps, turn, event));
  };
  const errorsBefore = errorsNow(run.target.document, deps.speech);
  const answer = await deps.pipeline.runAt(place, request, hear, abort.signal);
  const { text, receipt, failure } = answer;
  const result = await place?.finish(receipt.stop === 'complete' && failure === undefined);
  const problem = problemOf(deps, answer);
  turn.update({
    phase: failure === undefined ? 'done' : 'failed',
    status: '',
    text,
    receipt,
    problem,
    notices: [...turn.state.notices, ...similarNotice(receipt), ...checkedNotice(receipt)],
    ...(result === undefined ? {} : { edit: result }),
  });
  if (result?.kind === 'refused') deps.outcomes.happened(receipt, { kind: 'unusable', why: result.why });
  if (place !== undefined && result?.kind === 'edited') void decided(deps, run, place.edit, receipt);
  else turn.live = undefined;
  turn.update({});
  if (result === undefined || result.kind === 'edited') void checked(deps, run, answer, errorsBefore);
  return receipt;
}

/** Of one that was gone up to. What failed is told with what can be done about it. */
function checkedNotice({ attempts = [], checks = [], cache }: Receipt): string[] {
  if (cache !== 'none' || attempts.length === 0 || failureIn(checks) !== undefined) return [];
  return [t('Checked: {0}', checkedWords(checks))];
}

/** What is wrong shows under the answer, unless the person has gone on meanwhile. */
async function checked(deps: RunDeps, run: Run, answer: Answer, before: ErrorsBefore): Promise<void> {
  const { turn, request, target, changed } = run;
  const { speech, clock } = deps;
  const more = [diagnosticsCheck(before, { document: target.document, speech, clock })];
  const problem = await checkShown(deps.checking, request, answer, more);
  if (problem === undefined || turn.state.receipt !== answer.receipt || turn.state.problem !== '') return;
  turn.update({ problem });
  changed('');
}

/** Returns what is worth saying at once. */
function heard({ labelOf }: RunDeps, turn: ChatTurn, event: AnswerEvent): string {
  switch (event.kind) {
    case 'routed': {
      const { label, simulated } = event.decision.chosen;
      const status = t('Waiting for {0}…', simulated ? t('{0} (simulated)', label) : label);
      turn.update({ status });
      return status;
    }
    case 'waiting': {
      const status = t('{0} asks to wait {1}…', labelOf(event.platform), duration(event.waitMs));
      turn.update({ status });
      return status;
    }
    case 'tool-call':
      return '';
    case 'held': {
      const status = t('Answering… {0} characters so far, to be checked before they are shown', event.chars);
      turn.update({ status });
      return status;
    }
    case 'went-up': {
      const status = wentUpWords(event.from, event.failure);
      turn.update({ status, notices: [...turn.state.notices, `${status}.`] });
      return status;
    }
    case 'text': {
      const text = turn.state.text + event.text;
      turn.update({ status: t('Answering… Escape stops it'), text });
      return firstWords(text, HINT_CHARS);
    }
  }
}

async function decided(
  { outcomes, watch, tests }: RunDeps,
  { turn, changed, target, request, stronger }: Run,
  edit: LiveEdit,
  receipt: Receipt,
): Promise<void> {
  const verdict = await edit.settled;
  turn.live = undefined;
  turn.update({ verdict });
  if (verdict.accepted + verdict.rejected > 0)
    outcomes.happened(receipt, { kind: 'edit-settled', ...verdict });
  if (verdict.accepted > 0 && !target.document.isClosed) {
    const original = request.code?.text ?? '';
    const problemsBefore = request.code?.problems.length ?? 0;
    const undone = () => {
      turn.update({ undone: true });
      changed('');
    };
    const { document, wholeLines: range } = target;
    watch.watch({ receipt, document, range, original, problemsBefore, undone });
    tests.accepted(receipt, target.document, stronger);
  }
  changed('');
}

function problemOf({ labelOf }: RunDeps, { failure, receipt }: Answer): string {
  if (failure !== undefined) {
    return `${errorWords(failure, labelOf)} ${t('What came before is kept; the answer is not complete.')}`;
  }
  if (receipt.stop === 'length') return t('The answer reached the length limit and is not complete.');
  if (receipt.stop === 'refused') return t('The model declined to answer this.');
  return receipt.stop === 'other' ? t('The platform stopped for a reason that it did not name.') : '';
}

function failed({ labelOf }: RunDeps, turn: ChatTurn, error: unknown, signal: AbortSignal): void {
  if (isCancellation(error, signal)) {
    if (turn.state.text === '' && turn.restore(t('Cancelled.'))) return;
    // Of an edit nothing is kept: the code is as it was.
    const kept = turn.state.text !== '' && turn.form === 'ask';
    const problem = kept ? t('Cancelled; what came before is kept.') : '';
    turn.update({ phase: 'cancelled', status: '', problem });
    return;
  }
  const known = SluiceError.any(error);
  const problem = known ? errorWords(error, labelOf) : t('Something in Sluice failed. Its log says more.');
  const help = known ? helpOf(error) : '';
  if (!turn.restore(problem)) turn.update({ phase: 'failed', status: '', problem, help });
  if (!known) throw error;
}

function helpOf({ code }: AnySluiceError): string {
  if (!CONNECT_HELPS.has(code)) return '';
  return `[${t('Connect a Platform…')}](${commandUri('sluice.connectPlatform', null)})`;
}

const CONNECT_HELPS: ReadonlySet<string> = new Set([
  'invalid-key',
  'billing',
  'no-model',
  'quota-exhausted',
  'not-logged-in',
]);
