/** What one request wants of a limit, and what is shown of one. Units: the limit's own, tokens, USD, milliseconds. */
import type { Priority } from '../base/task.ts';
import type { SharedBy } from './declaredLimits.ts';
import type { LimitSource, LimitStatus, LimitUnit, Refill } from './limitReading.ts';

/** What one request wants, or what it used. Units: tokens, USD. */
export interface Demand {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The part of `inputTokens` that the platform's prompt cache held. */
  readonly cachedTokens?: number;
  /** Absent: unknown. */
  readonly usd?: number;
  /** Absent: a thousand tokens are one unit. */
  readonly units?: number;
}

/** One priority's part of a limit. */
export interface ShareState {
  readonly priority: Priority;
  /** Its part of a full limit. */
  readonly entitled: number;
  /** Free in it now; the shares of a limit add up to its level. */
  readonly level: number;
  /** Used by this priority in the running window, or in the time that the limit takes to refill. */
  readonly used: number;
  /** Held by its requests out of other shares, and held out of this share by requests of others. */
  readonly borrowed: number;
  readonly lent: number;
}

/** Why a share is not simply its part of the limit. */
export type Adaptation =
  /** It used more than its part: it gets `factor` of its usual refill until that is even. */
  | { readonly kind: 'penalised'; readonly priority: Priority; readonly factor: number }
  /** The forecast says that it stays unused: others may take this part of it. */
  | { readonly kind: 'lent'; readonly priority: Priority; readonly part: number }
  /** A critical request took more than there was: the refill pays `owed` back first. */
  | { readonly kind: 'burst'; readonly priority: 'critical'; readonly owed: number };

export interface LimitState {
  /** Of a shared bucket its key. */
  readonly platform: string;
  /** The platforms that charge it together; absent: only `platform` does. */
  readonly shared?: SharedBy;
  readonly unit: LimitUnit;
  readonly model?: string;
  readonly window?: string;
  /** Length of the window, where it is declared. */
  readonly windowMs?: number;
  readonly size: number;
  readonly level: number;
  readonly reserved: number;
  /** Requests that hold something of it. */
  readonly reservations: number;
  readonly refill: Refill;
  /** Absent while unknown, and for what does not refill bit by bit. */
  readonly refillPerMs?: number;
  /** For `at-reset` the time to the end of the window. */
  readonly fullInMs?: number;
  readonly status?: LimitStatus;
  /** `declared` in the settings, until the platform says something of this limit. */
  readonly source: LimitSource | 'declared';
  /** Wall clock; absent when the platform has said nothing yet. */
  readonly readingAtMs?: number;
  /** Below this level only `critical` and `high` requests pass. */
  readonly threshold?: number;
  /** What the platform counted more than we did, at its newest reading; absent where we cannot count. */
  readonly drift?: number;
  /** What others are known to have used, in this window or in all. */
  readonly foreign?: number;
  /** From `critical` to `low`; absent while priorities are turned off. */
  readonly shares?: readonly ShareState[];
  readonly adaptations: readonly Adaptation[];
  /** Requests of all windows that wait for room on this platform. */
  readonly waiting: number;
}

/** No request takes so much; a sum of many still has whole numbers. */
const MOST_AMOUNT = 1e15;
const isSound = (amount: number | undefined): boolean =>
  amount === undefined || (amount >= 0 && amount <= MOST_AMOUNT);

/** A number that makes no sense would spoil every level that it is taken from: it counts as nothing, or as the most. */
export function soundDemand(demand: Demand): Demand {
  const { inputTokens, outputTokens, cachedTokens, usd, units } = demand;
  // For every decision: no list is made.
  const counted = isSound(inputTokens) && isSound(outputTokens) && isSound(cachedTokens);
  if (counted && isSound(usd) && isSound(units)) return demand;
  const sound = (amount: number) => (amount >= 0 ? Math.min(amount, MOST_AMOUNT) : 0);
  return {
    inputTokens: sound(inputTokens),
    outputTokens: sound(outputTokens),
    ...(cachedTokens === undefined ? {} : { cachedTokens: sound(cachedTokens) }),
    ...(usd === undefined ? {} : { usd: sound(usd) }),
    ...(units === undefined ? {} : { units: sound(units) }),
  };
}

/** Whether a request to a model of a platform needs room under this limit. */
export function concerns(state: LimitState, platform: string, model: string): boolean {
  const charged = state.shared?.platforms ?? [state.platform];
  return charged.includes(platform) && (state.model === undefined || state.model === model);
}

/** Such as `OpenAI`, or `Fallback (OpenAI + Groq)` for a bucket that several charge; `labelOf` names one of them. */
export function ownerLabel({ platform, shared }: Owned, labelOf: (platform: string) => string): string {
  if (shared === undefined) return labelOf(platform);
  const all = shared.platforms.map(labelOf).join(' + ');
  return shared.name === undefined ? all : `${shared.name} (${all})`;
}

type Owned = Pick<LimitState, 'platform' | 'shared'>;

const TOKENS_PER_UNIT = 1_000;

/** How much of `unit` a request wants; 0 where that cannot be told beforehand. */
export function amountOf(unit: LimitUnit, demand: Demand): number {
  switch (unit) {
    case 'requests':
      return 1;
    case 'tokens':
      return demand.inputTokens + demand.outputTokens;
    case 'input-tokens':
      // Anthropic does not count what comes from its cache: platform.claude.com/docs/en/api/rate-limits.
      return Math.max(0, demand.inputTokens - (demand.cachedTokens ?? 0));
    case 'output-tokens':
      return demand.outputTokens;
    case 'usd':
      return demand.usd ?? 0;
    case 'units':
      return demand.units ?? (demand.inputTokens + demand.outputTokens) / TOKENS_PER_UNIT;
    case 'share':
      return 0;
  }
}

interface Named {
  readonly unit: LimitUnit;
  readonly window?: string | undefined;
  readonly model?: string | undefined;
}

/** Such as `tokens`, `5h`, `week usd` or `requests (a-model)`. */
export function nameOf({ unit, window, model }: Named): string {
  const parts = window === undefined ? [unit] : unit === 'share' ? [window] : [window, unit];
  return model === undefined ? parts.join(' ') : `${parts.join(' ')} (${model})`;
}
