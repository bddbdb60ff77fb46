/**
 * What may be kept, for how long, and what makes it worthless: one row for each kind of value. Units: milliseconds,
 * characters. A new kind is a new row.
 */
import type { Random } from '../base/random.ts';

/**
 * What happens in the world and makes values wrong: a model behaves otherwise than it did, a file was saved or is gone.
 */
export type CacheEvent = 'model_update' | 'file_change';

export interface Strategy {
  /** Says whether a value may be kept at all; what failed, was cut or was refused is never even asked about. */
  readonly cacheable: (facts: CacheableFacts) => boolean;
  /** What the key is made of, in words. */
  readonly key: string;
  /** `normalised`: code that differs in line endings, trailing blanks or the unit of its indentation is the same. */
  readonly code: 'normalised' | 'exact' | 'none';
  /** In memory. */
  readonly ttlMs: number;
  /** On disk, and in Redis as far as that keeps anything; absent: it does not outlive the window. */
  readonly lowerTtlMs?: number;
  /** For so long an old value is served while a new one is made. 0: never. */
  readonly staleMs: number;
  readonly dropOn: readonly CacheEvent[];
  /** Frequent ones are made anew after the editor has started. */
  readonly warmOnStart: boolean;
}

export interface CacheableFacts {
  /** The asker set parameters of the model, such as a temperature above 0. */
  readonly tuned?: boolean | undefined;
  /** What is asked may end in a call of a tool. */
  readonly tools?: boolean;
  readonly images?: boolean;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;

const always = () => true;
const repeatable = ({ tuned = false, tools = false, images = false }: CacheableFacts) =>
  !tuned && !tools && !images;

export const STRATEGIES = {
  answers: {
    cacheable: repeatable,
    key: 'models, prompt version, parameters, language, code, context',
    code: 'normalised',
    ttlMs: HOUR_MS,
    lowerTtlMs: WEEK_MS,
    staleMs: 0,
    dropOn: ['model_update', 'file_change'],
    warmOnStart: true,
  },
  /** An answer that goes into the very code it was asked about. */
  edits: {
    cacheable: repeatable,
    key: 'as answers, with the code to the last blank',
    code: 'exact',
    ttlMs: HOUR_MS,
    lowerTtlMs: WEEK_MS,
    staleMs: 0,
    dropOn: ['model_update', 'file_change'],
    warmOnStart: false,
  },
  /** By the tokenizer, which does not change while a version of Sluice is in use. */
  tokenCounts: {
    cacheable: always,
    key: 'text',
    code: 'exact',
    ttlMs: WEEK_MS,
    staleMs: DAY_MS,
    dropOn: [],
    warmOnStart: false,
  },
} as const satisfies Record<string, Strategy>;

export type StrategyName = keyof typeof STRATEGIES;

export const STRATEGY_NAMES = Object.keys(STRATEGIES).filter(
  (name): name is StrategyName => name in STRATEGIES,
);

const KNOWN: ReadonlySet<unknown> = new Set(STRATEGY_NAMES);

/** What was read from elsewhere may be none of ours. */
export function isStrategyName(raw: unknown): raw is StrategyName {
  return KNOWN.has(raw);
}

/** Which kinds of values an event makes worthless. */
export function droppedOn(event: CacheEvent): readonly StrategyName[] {
  return STRATEGY_NAMES.filter((name) => {
    const dropOn: readonly CacheEvent[] = STRATEGIES[name].dropOn;
    return dropOn.includes(event);
  });
}

/** Values that were made together must not all expire together. */
const JITTER = 0.1;

/** A time to live, shorter by up to a tenth. */
export function jittered(ttlMs: number, random: Random): number {
  return ttlMs * (1 - JITTER * random());
}
