/** What is known of each model. Prices in USD per million tokens; a missing price is unknown, not free. */
import type { Tier } from '../base/task.ts';

export interface Rates {
  readonly inputUsdPerMTok: number;
  readonly outputUsdPerMTok: number;
  /** Absent: cached tokens cost as input. */
  readonly cacheReadUsdPerMTok?: number;
  readonly cacheWriteUsdPerMTok?: number;
  /** For what is kept for the platform's long time (1 h, 12 h); absent: unknown. */
  readonly cacheWriteLongUsdPerMTok?: number;
}

export interface Price extends Rates {
  /** The whole request costs this when its prompt, cached part included, is longer than `aboveTokens`. */
  readonly longPrompt?: Rates & { readonly aboveTokens: number };
  /** By what a call on these terms (see `TokenUsage.terms`) is dearer or cheaper; a term not named is unknown. */
  readonly termFactors?: Readonly<Record<string, number>>;
  /** The price floats: good for an estimate, not for what a call did cost. */
  readonly floats?: boolean;
}

/** Where one or several facts come from, and the day they are from. */
export interface FactSource {
  readonly facts: string;
  readonly source: string;
  readonly asOf: string;
}

/** `restricted`: for some customers only. */
export type ModelStatus = 'active' | 'deprecated' | 'restricted';

export interface ModelInfo {
  /** `platform/name`: unique among all connected platforms. */
  readonly key: string;
  readonly platform: string;
  /** The name that the platform knows. */
  readonly name: string;
  readonly label: string;
  readonly tier: Tier;
  readonly price?: Price;
  /** Absent: unknown. Such a model is tried with any prompt, and the platform has the last word. */
  readonly contextTokens?: number;
  /** Longest prompt, where that is less than the context. */
  readonly maxInputTokens?: number;
  /** Absent: unknown. */
  readonly maxOutputTokens?: number;
  /** Prior chance in [0, 1] of an adequate answer to a task of middle difficulty. */
  readonly quality: number;
  /** Priors, until measured here. */
  readonly firstTokenMs: number;
  readonly outputTokensPerS: number;
  readonly simulated: boolean;
  /** Paid for already: a call costs no money, but a part of a window. Absent: by the call. */
  readonly billing?: 'subscription';
  /** `by-name`: answers only where a rule or the person names it. Absent: the router may choose it. */
  readonly use?: 'automatic' | 'by-name';
  /** Runs on this machine: nothing leaves it. Absent: it does. */
  readonly local?: boolean;
  /** Absent: unknown. */
  readonly status?: ModelStatus;
  /** Calendar days, `YYYY-MM-DD`; absent: unknown. */
  readonly released?: string;
  readonly retires?: string;
  /** Calls tools; absent: unknown. Such a model is asked to only where none is known to. */
  readonly tools?: boolean;
  /** Takes pictures; absent: unknown. Such a model gets one only when the person names it. */
  readonly images?: boolean;
  readonly reasoning?: boolean;
  /** A prefix shorter than this is silently not kept by the platform's prompt cache; absent: unknown. */
  readonly minCacheTokens?: number;
  /** How long the platform keeps a prefix after its last use; absent: unknown. */
  readonly cacheTtlMs?: number;
  /** Tokens of this model for one of cl100k or o200k, which agree within 1.5 % on code, to begin with; absent: 1. */
  readonly tokenFactor?: number;
  /** What one should know before choosing it, as the source says it; in English. */
  readonly note?: string;
  /** Where price and limits come from, and the day when they were read. */
  readonly source: string;
  readonly asOf: string;
  /** The same for each fact apart. */
  readonly sources?: readonly FactSource[];
}

/** A model before it is bound to one connected platform: from the catalogue, a platform's list or the settings. */
export type AnyModelRow = Omit<ModelInfo, 'key' | 'platform' | 'simulated'>;

/** What the catalogue's data files hold: a row whose limits are known. */
export type ModelRow = AnyModelRow & { readonly contextTokens: number; readonly maxOutputTokens: number };

export function bindModel(row: AnyModelRow, platform: string, simulated: boolean): ModelInfo {
  return { ...row, platform, simulated, key: `${platform}/${row.name}` };
}

/** The models that the router chooses from by itself. */
export function automatic<M extends Pick<ModelInfo, 'use'>>(models: readonly M[]): readonly M[] {
  return models.filter(({ use }) => use !== 'by-name');
}

/** How long an answer of so many tokens takes, as its row says. */
export function listedMs(
  { firstTokenMs, outputTokensPerS }: Pick<ModelInfo, 'firstTokenMs' | 'outputTokensPerS'>,
  outputTokens: number,
): number {
  return firstTokenMs + (outputTokens / outputTokensPerS) * 1_000;
}
