/** What is known of each model. Prices in USD per million tokens; a missing price is unknown, not free. */
import type { Tier } from '../base/task.ts';

export interface Rates {
  readonly inputUsdPerMTok: number;
  readonly outputUsdPerMTok: number;
  readonly cacheReadUsdPerMTok?: number;
  readonly cacheWriteUsdPerMTok?: number;
}

export interface Price extends Rates {
  /** The whole request costs this when its prompt, cached part included, is longer than `aboveTokens`. */
  readonly longPrompt?: Rates & { readonly aboveTokens: number };
}

export interface ModelInfo {
  /** `platform/name`: unique among all connected platforms. */
  readonly key: string;
  readonly platform: string;
  /** The name that the platform knows. */
  readonly name: string;
  readonly label: string;
  readonly tier: Tier;
  readonly price?: Price;
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
  /** Prior chance in [0, 1] of an adequate answer to a task of middle difficulty. */
  readonly quality: number;
  /** Priors, until measured here. */
  readonly firstTokenMs: number;
  readonly outputTokensPerS: number;
  readonly simulated: boolean;
  /** Where price and limits come from, and the day when they were read. */
  readonly source: string;
  readonly asOf: string;
}

/** What the catalogue data file holds: a model before it is bound to one connected platform. */
export type ModelRow = Omit<ModelInfo, 'key' | 'platform' | 'simulated'>;

export function bindModel(row: ModelRow, platform: string, simulated: boolean): ModelInfo {
  return { ...row, platform, simulated, key: `${platform}/${row.name}` };
}
