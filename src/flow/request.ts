/** What a door sends into the pipeline, and what it gets back. Units: milliseconds, tokens, USD. */
import type { CheckResult } from '../base/check.ts';
import type { AnySluiceError } from '../base/errors.ts';
import type { Priority, TaskType, Tier, TokenUsage } from '../base/task.ts';
import type { FileUse, LowerLevel } from '../cache/cacheStore.ts';
import type { PlanTerms } from '../routing/begin.ts';
import type { Decision, HelperKind } from '../routing/decision.ts';
import type { Conversation, ToolCall } from './conversation.ts';
import type { StopReason } from './transport.ts';
import type { Assigned, Trial } from './trials.ts';

/** The code that a request is about. */
export interface CodeContext {
  /** VS Code's language id, such as `typescript`. */
  readonly language: string;
  readonly text: string;
  /** File name without folders, shown to the model; absent for an unsaved document. */
  readonly fileName?: string;
  /** The name of the enclosing symbol, when the person selected nothing. */
  readonly symbol?: string;
  /** Errors and warnings that the editor shows in this range. */
  readonly problems: readonly string[];
  /** Characters that were cut away because the selection was too long. */
  readonly cutChars: number;
  /** The file that `text` is from, as it is now; absent: it is from none. */
  readonly file?: FileUse;
  /** Lines in front of `text` and behind it, for reading only; absent: none are sent. */
  readonly before?: string;
  readonly after?: string;
  /** It is from a folder of which nothing may leave this machine. */
  readonly localOnly?: true;
  /** What the editor knows of it beside the text; never sent to a model. */
  readonly about?: CodeFacts;
}

/** Absent: not known. */
export interface CodeFacts {
  readonly errors?: number;
  /** Functions, classes and the like in the code. */
  readonly symbols?: number;
  readonly testsNear?: boolean;
  readonly publicApi?: boolean;
  /** Name of the workspace folder. */
  readonly repository?: string;
}

/** One earlier question with its answer. */
export interface Turn {
  readonly asked: string;
  readonly answer: string;
}

export type Freshness = 'cached' | 'fresh';

export interface RouteRequest {
  readonly task: TaskType;
  readonly priority: Priority;
  /** What the person typed; empty where the task says it all. */
  readonly instruction: string;
  readonly code?: CodeContext;
  /** `fresh` does not read the caches (the answer is still stored). */
  readonly freshness: Freshness;
  /** Key of the model whose answer was not good enough: only a more capable one may answer. */
  readonly strongerThan?: string;
  /** Key of the model that the person chose for this request: it answers, or nothing does. */
  readonly model?: string;
  /** `edit`: the answer shall hold the whole changed code in one fenced block. Absent: an answer to read. */
  readonly form?: 'edit';
  /** Earlier turns of the same talk, oldest first. */
  readonly history?: readonly Turn[];
  /** Another program's talk, sent as it is: then there is no `instruction`, `code` or `history`. */
  readonly conversation?: Conversation;
  /** Something of it may be from a folder of which nothing may leave this machine. */
  readonly localOnly?: true;
  /** Only models of these tiers may answer; absent: any. */
  readonly tiers?: readonly Tier[];
  /** Nobody has asked for it yet: it does not wait for room, and nobody is asked whether it may cost. */
  readonly ahead?: 'warming' | 'prefetch';
  /** A small request that VS Code makes by itself: the cheapest model answers it. */
  readonly helper?: HelperKind;
  /** A task of a benchmark: takes part in no experiment, and is no choice to be compared. */
  readonly benchmark?: true;
  /** All that stands above and below the code in its file: for checks of the answer, never sent. */
  readonly rest?: { readonly above: string; readonly below: string };
  /**
   * The answer is not shown before its end: it is checked, and a stronger model asked when it is not good enough. Absent: as
   * the setting says.
   */
  readonly held?: boolean;
  /** Given by the cascade: what its checks are worth, for the place to begin. */
  readonly plan?: PlanTerms;
  /** Given by the pipeline: the experiments that this request takes part in. */
  readonly trial?: Trial;
}

/** `memory`, `redis`, `disk`: the level that knew the answer; `similar`: it was to another question that was meant alike. */
export type CacheLevel = 'none' | 'joined' | 'memory' | LowerLevel | 'similar';

/** Another question, whose answer this is. */
export interface AnsweredFor {
  readonly question: string;
  /** That the answer serves both, in [0, 1]. */
  readonly chance: number;
}

/** Shown under every answer. `model` is what the platform said answered, not what was asked for. */
export interface Receipt {
  readonly id: string;
  /** Wall clock at the end, epoch milliseconds. */
  readonly atMs: number;
  readonly task: TaskType;
  readonly decision: Decision;
  readonly platform: string;
  readonly model: string;
  readonly modelKey: string;
  readonly simulated: boolean;
  /** Paid for already: `costUsd` is 0, and no money is shown. */
  readonly billing?: 'subscription';
  /** The platform's id of the request, for its support desk. */
  readonly platformRequestId?: string;
  /** What this request spent; of a cached answer, what the first one did. Absent: the platform did not say. */
  readonly usage?: TokenUsage;
  /** Money spent by this request: 0 when cached or joined; absent when the price or the usage is unknown. */
  readonly costUsd?: number;
  /** What the cache saved; absent as above. */
  readonly savedUsd?: number;
  /**
   * What the platform's own prompt cache saved in this call, or cost it where negative; in `costUsd` already. Absent:
   * it held nothing, or its price is unknown.
   */
  readonly promptCacheSavedUsd?: number;
  readonly firstTokenMs?: number;
  readonly totalMs: number;
  /** Our own share of `totalMs`: all but the time waited for the platform. */
  readonly ownMs: number;
  readonly cache: CacheLevel;
  /** Age of the cached answer. */
  readonly cacheAgeMs?: number;
  /** With `similar`, and where one joined such a request. */
  readonly answeredFor?: AnsweredFor;
  readonly stop: StopReason | 'cut' | 'cancelled';
  readonly benchmark?: true;
  /** What the checks of this answer said before it was shown, cheap to dear; absent: none ran. */
  readonly checks?: readonly CheckResult[];
  /**
   * Answers that were not good enough and were not kept, oldest first, each with what it took alone. Of an answer that has
   * them `costUsd`, `usage`, `totalMs` and `ownMs` are those of all together.
   */
  readonly attempts?: readonly Receipt[];
  /** Variants of experiments that acted on this request; absent: none. */
  readonly trial?: readonly Assigned[];
}

export interface Answer {
  readonly text: string;
  /** Absent: none. */
  readonly toolCalls?: readonly ToolCall[];
  readonly receipt: Receipt;
  /** Why the answer was cut: `text` holds what came before. */
  readonly failure?: AnySluiceError;
}

/** What a door hears while a request runs. */
export type AnswerEvent =
  | { readonly kind: 'routed'; readonly decision: Decision }
  | { readonly kind: 'waiting'; readonly platform: string; readonly waitMs: number }
  /** So much of an answer has come that is not shown before it was checked. */
  | { readonly kind: 'held'; readonly chars: number }
  /** An answer of the model `from` failed a check; a stronger one is asked. */
  | { readonly kind: 'went-up'; readonly from: string; readonly failure: CheckResult }
  | { readonly kind: 'text'; readonly text: string }
  | (ToolCall & { readonly kind: 'tool-call' });

/** Whatever Sluice asks ahead by itself is none. `key` is absent where no other request is the same. */
export interface PersonsRequest {
  readonly request: RouteRequest;
  readonly answered?: { readonly key: string | undefined; readonly receipt: Receipt };
}

/** Nothing of it may leave this machine, whatever the window's own setting is. */
export function staysHere({ code, localOnly }: Pick<RouteRequest, 'code' | 'localOnly'>): boolean {
  return localOnly === true || code?.localOnly === true;
}
