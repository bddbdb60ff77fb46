/**
 * Turns the short facts of the catalogue's data files into rows. Prices in USD per million tokens, limits in tokens,
 * days as `YYYY-MM-DD`. Tier, quality and speed are our own first guesses: they come from no benchmark and are there
 * to be replaced by what is measured.
 */
import type { Tier } from '../base/task.ts';
import type { FactSource, ModelRow, ModelStatus, Price, Rates } from './catalogue.ts';

/** Where prices, limits and release dates come from. */
const SOURCES = {
  /** github.com/anomalyco/models.dev, commit f3fc692, MIT. */
  models: { source: 'models.dev f3fc692', asOf: '2026-07-02' },
  /** The models.dev snapshot in the npm package, MIT. */
  opencode: { source: 'models.dev in opencode-ai 1.18.33', asOf: '2026-09-28' },
  /** @earendil-works/pi-ai, dist/providers/data, MIT. */
  pi: { source: 'pi-ai 1.5.2', asOf: '2026-11-10' },
  /** `costUSD` that the program works out for known usage, and the reference that comes with it. */
  claude: { source: 'Claude Code 2.1.329', asOf: '2026-11-20' },
} as const satisfies Record<string, Omit<FactSource, 'facts'>>;

export type SourceKey = keyof typeof SOURCES;

/** Input, output, cache read, cache write, long cache write; null: no such price is known. */
export type Usd = readonly [number, number, (number | null)?, (number | null)?, (number | null)?];

/** What all rows of one platform have in common. */
export interface Vendor {
  readonly termFactors?: Readonly<Record<string, number>>;
  readonly floats?: boolean;
  readonly minCacheTokens?: number;
  readonly cacheTtlMs?: number;
  /** Facts whose source is not one of the row's own. */
  readonly sources?: readonly FactSource[];
}

/** One model. What is not given is unknown. */
export interface Facts extends Vendor {
  readonly name: string;
  readonly label: string;
  readonly tier: Tier;
  /** Where it differs from its tier's first guess. */
  readonly quality?: number;
  readonly usd: Usd;
  readonly long?: { readonly above: number; readonly usd: Usd };
  readonly context: number;
  readonly maxInput?: number;
  readonly maxOutput: number;
  readonly released?: string;
  readonly retires?: string;
  readonly status?: ModelStatus;
  readonly byName?: boolean;
  readonly reasoning?: boolean;
  /** Takes pictures, as pi-ai 1.5.2 says; absent: unknown. */
  readonly images?: boolean;
  readonly tokenFactor?: number;
  readonly note?: string;
  readonly from: readonly SourceKey[];
}

/** First guesses by tier: chance of an adequate answer at middle complexity, first token, output speed. */
export const TIER_GUESSES = {
  fast: { tier: 'fast', quality: 0.62, firstTokenMs: 500, outputTokensPerS: 150 },
  balanced: { tier: 'balanced', quality: 0.8, firstTokenMs: 900, outputTokensPerS: 80 },
  powerful: { tier: 'powerful', quality: 0.92, firstTokenMs: 1_500, outputTokensPerS: 60 },
} as const satisfies Record<Tier, object>;

export function rowsOf(vendor: Vendor, facts: readonly Facts[]): readonly ModelRow[] {
  return facts.map((one) => rowOf(vendor, one));
}

function rowOf(vendor: Vendor, facts: Facts): ModelRow {
  const all = { ...vendor, ...facts };
  const { source, asOf } = originOf(facts.from);
  const own = { facts: 'prices, limits, release', source, asOf };
  return {
    ...TIER_GUESSES[facts.tier],
    name: facts.name,
    label: facts.label,
    price: priceOf(all),
    contextTokens: facts.context,
    maxOutputTokens: facts.maxOutput,
    // Every model of the catalogue can call tools, as its sources say.
    tools: true,
    reasoning: facts.reasoning ?? true,
    status: facts.status ?? 'active',
    source,
    asOf,
    sources: [own, ...imageSource(facts), ...(vendor.sources ?? []), ...(facts.sources ?? [])],
    ...(facts.quality === undefined ? {} : { quality: facts.quality }),
    ...(facts.maxInput === undefined ? {} : { maxInputTokens: facts.maxInput }),
    ...(facts.released === undefined ? {} : { released: facts.released }),
    ...(facts.retires === undefined ? {} : { retires: facts.retires }),
    ...(facts.byName ? { use: 'by-name' as const } : {}),
    ...(all.minCacheTokens === undefined ? {} : { minCacheTokens: all.minCacheTokens }),
    ...(all.cacheTtlMs === undefined ? {} : { cacheTtlMs: all.cacheTtlMs }),
    ...(facts.tokenFactor === undefined ? {} : { tokenFactor: facts.tokenFactor }),
    ...(facts.images === undefined ? {} : { images: facts.images }),
    ...(facts.note === undefined ? {} : { note: facts.note }),
  };
}

function imageSource({ images }: Facts): readonly FactSource[] {
  return images === undefined ? [] : [{ facts: 'image input', ...SOURCES.pi }];
}

function priceOf({ usd, long, termFactors, floats }: Facts): Price {
  return {
    ...ratesOf(usd),
    ...(long === undefined ? {} : { longPrompt: { aboveTokens: long.above, ...ratesOf(long.usd) } }),
    ...(termFactors === undefined ? {} : { termFactors }),
    ...(floats ? { floats } : {}),
  };
}

function ratesOf([input, output, read, write, writeLong]: Usd): Rates {
  return {
    inputUsdPerMTok: input,
    outputUsdPerMTok: output,
    ...(read == null ? {} : { cacheReadUsdPerMTok: read }),
    ...(write == null ? {} : { cacheWriteUsdPerMTok: write }),
    ...(writeLong == null ? {} : { cacheWriteLongUsdPerMTok: writeLong }),
  };
}

function originOf(keys: readonly SourceKey[]): { readonly source: string; readonly asOf: string } {
  const found = keys.map((key) => SOURCES[key]);
  return {
    source: found.map(({ source }) => source).join(', '),
    asOf:
      found
        .map(({ asOf }) => asOf)
        .toSorted()
        .at(-1) ?? '',
  };
}
