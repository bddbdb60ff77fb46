/** Another model's verdict on an answer: the cheapest adequate one that did not write it. Units: USD, milliseconds. */
import { type CheckVerdict, failed, PASSED, unknown } from '../base/check.ts';
import type { Clock } from '../base/clock.ts';
import { SluiceError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import { orderOf } from '../prompt/taskPrompts.ts';
import type { Option } from '../routing/decision.ts';
import type { AnswerCheck, CheckedAnswer } from './answerChecks.ts';
import { formOf } from './checkForm.ts';
import type { Dispatcher } from './dispatcher.ts';
import { receiptOf, requestId } from './receipts.ts';
import type { Receipt, RouteRequest } from './request.ts';
import type { Settings } from './settings.ts';

export interface JudgeDeps {
  readonly dispatcher: Pick<Dispatcher, 'send' | 'preview'>;
  readonly settings: () => Settings;
  readonly clock: Clock;
  readonly random: Random;
  /** What the verdict took. */
  readonly onSpent: (receipt: Receipt, request: RouteRequest) => void;
}

const LIMIT_MS = 60_000;
/** Of the judge's reason as much as fits under an answer. */
const MOST_REASON_CHARS = 200;

const ORDER =
  'Judge the answer below, which somebody else gave to the task above it. Only serious faults count: it does not do what was ' +
  'asked, it is wrong, it breaks the code, or it leaves out what was to be kept. Begin with one word: PASS or FAIL. ' +
  'After FAIL name the worst fault in one short sentence.';

export function judgeCheck(deps: JudgeDeps): AnswerCheck {
  return {
    kind: 'judge',
    limitMs: LIMIT_MS,
    fits: (request) => deps.settings()['checks.judge'] && formOf(request) !== undefined,
    run: (answer, signal) => judge(deps, answer, signal),
  };
}

async function judge(deps: JudgeDeps, answer: CheckedAnswer, signal: AbortSignal): Promise<CheckVerdict> {
  const request = judgeRequest(answer);
  const option = judgeOf(deps, request, answer.modelKey);
  if (option === undefined) return unknown({ kind: 'no-judge' });
  const { estimatedUsd } = option;
  if (estimatedUsd === undefined || estimatedUsd > deps.settings()['request.confirmAboveUsd']) {
    return unknown({ kind: 'over-budget' });
  }
  const { clock, dispatcher, random, onSpent } = deps;
  const facts = { id: requestId(random), startedMs: clock.monotonic(), clock };
  const sent = await dispatcher.send({ ...request, model: option.modelKey }, () => undefined, signal);
  const receipt = receiptOf(sent, request, facts);
  onSpent(receipt, request);
  const usd = receipt.costUsd === undefined ? {} : { usd: receipt.costUsd };
  return { ...readVerdict(sent.text), ...usd };
}

function judgeRequest({ request, text }: CheckedAnswer): RouteRequest {
  const { code, priority, task, instruction, form, localOnly } = request;
  return {
    task: 'question',
    priority,
    instruction: `Task:\n${orderOf(task, instruction, form)}\n\n${ORDER}\n\nThe answer to be judged:\n${fenced(text)}`,
    ...(code === undefined ? {} : { code }),
    ...(localOnly === undefined ? {} : { localOnly }),
    freshness: 'fresh',
  };
}

/** The choice of the router, but never the one that is to be judged. */
function judgeOf({ dispatcher }: JudgeDeps, request: RouteRequest, but: string): Option | undefined {
  try {
    const { chosen, fallbacks } = dispatcher.preview(request);
    return [chosen, ...fallbacks].find(({ modelKey }) => modelKey !== but);
  } catch (error) {
    if (SluiceError.any(error)) return undefined;
    throw error;
  }
}

/** The first line that begins with the word: who weighs both words in a sentence has not decided. */
const VERDICT =
  /^[\s*_`#>"'([]*(?:[Vv]erdict\b[\s*_:]*)?(PASS|FAIL)\b(?!\s*(?:\/|or\b))[\s*_`\])"':.,–—-]*([^\n]*)/m;

export function readVerdict(text: string): CheckVerdict {
  const said = VERDICT.exec(text);
  if (said === null) return unknown({ kind: 'unclear' });
  if (said[1] === 'PASS') return PASSED;
  return failed({ kind: 'judged', text: (said[2] ?? '').trim().slice(0, MOST_REASON_CHARS) });
}

/** Longer than any fence inside: an answer cannot end its own block and judge itself. */
function fenced(text: string): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
