/**
 * What a person says of a model in `sluice.models`: overrides the catalogue or adds to it. Read from whatever a
 * settings file may hold; a row that cannot be used is named and the others are kept. Units: USD per million tokens,
 * tokens.
 */
import { TIERS, type Tier } from '../base/task.ts';
import type { Price, Rates } from './catalogue.ts';

/** `never`: as if the platform had no such model. */
export const MODEL_USES = ['automatic', 'by-name', 'never'] as const;

export type ModelUse = (typeof MODEL_USES)[number];

export interface ModelOverride {
  /** Kind or id of a platform, such as `anthropic`. */
  readonly platform: string;
  readonly name: string;
  readonly label?: string;
  readonly tier?: Tier;
  readonly use?: ModelUse;
  /** In (0, 1). */
  readonly quality?: number;
  readonly contextTokens?: number;
  readonly maxInputTokens?: number;
  readonly maxOutputTokens?: number;
  /** Takes the place of the whole price known before. */
  readonly price?: Price;
}

/** `row` counts from 1; `field` names what is wrong with it, empty when it is no object. */
export interface BadRow {
  readonly row: number;
  readonly field: string;
}

export interface ParsedOverrides {
  readonly overrides: readonly ModelOverride[];
  readonly bad: readonly BadRow[];
}

const MOST_ROWS = 500;
const LONGEST_NAME = 200;
const MOST_TOKENS = 100_000_000;
const MOST_USD = 100_000;

type Reader<T> = (raw: unknown) => T | undefined;
type Fields = Readonly<Record<string, Reader<unknown>>>;

/** `undefined` when `raw` is no list. */
export function parseModelOverrides(raw: unknown): ParsedOverrides | undefined {
  if (!Array.isArray(raw)) return undefined;
  const overrides: ModelOverride[] = [];
  const bad: BadRow[] = [];
  for (const [index, one] of raw.slice(0, MOST_ROWS).entries()) {
    const parsed = readFields(one, ROW, ['platform', 'name']);
    if (typeof parsed === 'string') bad.push({ row: index + 1, field: parsed });
    else overrides.push(parsed as unknown as ModelOverride);
  }
  if (raw.length > MOST_ROWS) bad.push({ row: MOST_ROWS + 1, field: '' });
  return { overrides, bad };
}

const text: Reader<string> = (raw) => {
  if (typeof raw !== 'string') return undefined;
  const trimmed = raw.trim();
  return trimmed !== '' && trimmed.length <= LONGEST_NAME ? trimmed : undefined;
};
const tokens: Reader<number> = (raw) =>
  typeof raw === 'number' && Number.isInteger(raw) && raw > 0 && raw <= MOST_TOKENS ? raw : undefined;
const usd: Reader<number> = (raw) =>
  typeof raw === 'number' && raw >= 0 && raw <= MOST_USD ? raw : undefined;
const chance: Reader<number> = (raw) => (typeof raw === 'number' && raw > 0 && raw < 1 ? raw : undefined);
const oneOf =
  <T extends string>(choices: readonly T[]): Reader<T> =>
  (raw) =>
    choices.find((choice) => choice === raw);

const RATES: Fields = { input: usd, output: usd, cacheRead: usd, cacheWrite: usd, cacheWriteLong: usd };
const LONG_PROMPT: Fields = { ...RATES, aboveTokens: tokens };

/** The names that the settings use for one row of prices. */
function ratesOf(values: Readonly<Record<string, unknown>>): Rates {
  const { input, output, cacheRead, cacheWrite, cacheWriteLong } = values as Record<string, number>;
  return {
    inputUsdPerMTok: Number(input),
    outputUsdPerMTok: Number(output),
    ...(cacheRead === undefined ? {} : { cacheReadUsdPerMTok: cacheRead }),
    ...(cacheWrite === undefined ? {} : { cacheWriteUsdPerMTok: cacheWrite }),
    ...(cacheWriteLong === undefined ? {} : { cacheWriteLongUsdPerMTok: cacheWriteLong }),
  };
}

const longPrompt: Reader<Price['longPrompt']> = (raw) => {
  const values = readFields(raw, LONG_PROMPT, ['input', 'output', 'aboveTokens']);
  return typeof values === 'string'
    ? undefined
    : { aboveTokens: Number(values.aboveTokens), ...ratesOf(values) };
};

const price: Reader<Price> = (raw) => {
  const values = readFields(raw, { ...RATES, longPrompt }, ['input', 'output']);
  if (typeof values === 'string') return undefined;
  const long = values.longPrompt as Price['longPrompt'];
  return { ...ratesOf(values), ...(long === undefined ? {} : { longPrompt: long }) };
};

const ROW: Fields = {
  platform: text,
  name: text,
  label: text,
  tier: oneOf(TIERS),
  use: oneOf(MODEL_USES),
  quality: chance,
  contextTokens: tokens,
  maxInputTokens: tokens,
  maxOutputTokens: tokens,
  price,
};

/** The values by field, or the name of the field that is missing, unknown or not usable. */
function readFields(
  raw: unknown,
  fields: Fields,
  needed: readonly string[],
): Readonly<Record<string, unknown>> | string {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return '';
  const given = Object.entries(raw).filter(([, value]) => value !== undefined);
  const values: Record<string, unknown> = {};
  for (const [field, value] of given) {
    const read = Object.hasOwn(fields, field) ? fields[field]?.(value) : undefined;
    if (read === undefined) return field.slice(0, LONGEST_NAME);
    values[field] = read;
  }
  return needed.find((field) => !Object.hasOwn(values, field)) ?? values;
}
