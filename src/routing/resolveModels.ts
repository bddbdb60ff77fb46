/**
 * Which models one platform has, and what is known of each: the catalogue, the platform's own list and the person's
 * settings, the later word overruling the earlier one.
 */
import type { Tier } from '../base/task.ts';
import type { AnyModelRow } from './catalogue.ts';
import { catalogueOf } from './catalogueData.ts';
import { TIER_GUESSES } from './catalogueRows.ts';
import type { ModelOverride } from './modelOverrides.ts';

/** A platform as the settings name it: by its kind, or by its own id when there are several of one kind. */
export interface PlatformName {
  readonly kind: string;
  readonly id: string;
}

/** Programs on this machine: a call has no price. */
const LOCAL_KINDS: ReadonlySet<string> = new Set(['ollama', 'lmstudio']);
/** Ollama's names of models that run elsewhere. */
const REMOTE = /[-:]cloud$/;

/**
 * `listed`: what the platform says it has; empty while it did not say. A model of the catalogue that a platform leaves
 * out of its list is not offered. A listed model of which nothing is known becomes a row without price and limits: the
 * router chooses it by itself only where the platform has no known model, and never when its name says that it makes
 * no text.
 */
export function resolveModels(
  { kind, id }: PlatformName,
  listed: readonly string[],
  overrides: readonly ModelOverride[],
): readonly AnyModelRow[] {
  const names = new Set(listed);
  const known = catalogueOf(kind).filter(({ name }) => names.size === 0 || isListed(name, names));
  const strangers = [...names].filter((name) => !known.some((row) => isVersionOf(name, row.name)));
  const chosen = known.some(({ use }) => use !== 'by-name');
  const rows = new Map<string, AnyModelRow>(known.map((row) => [row.name, row]));
  for (const name of strangers) rows.set(name, strangerRow(kind, name, chosen));
  for (const override of overrides) {
    if (override.platform !== kind && override.platform !== id) continue;
    if (override.use === 'never') rows.delete(override.name);
    else rows.set(override.name, overridden(kind, rows.get(override.name), override));
  }
  return [...rows.values()];
}

function isListed(name: string, listed: ReadonlySet<string>): boolean {
  return listed.has(name) || [...listed].some((one) => isVersionOf(one, name));
}

/** Platforms also list a model by its day: `-20251001`, `-2026-03-05`. */
function isVersionOf(listed: string, name: string): boolean {
  return (
    listed === name || (listed.startsWith(name) && /^-\d{4}-?\d\d-?\d\d$/.test(listed.slice(name.length)))
  );
}

/** Names of models that do something else than write text. */
const NO_TEXT =
  /embed|rerank|whisper|transcri|\btts\b|speech|audio|realtime|moderation|guard\b|dall-?e|image|sora|video|\bocr\b|flux|diffusion/i;

/** What a name lets one guess of a model's tier; our own guesses. */
const SMALL = /mini|nano|lite|flash|haiku|luna|small|tiny|instant|fast/i;
const LARGE = /opus|fable|mythos|astra|ultra|\bmax\b|\bpro\b|large/i;
const BILLIONS = /(?:^|[^a-z0-9.])(\d{1,4}(?:\.\d)?)b(?![a-z0-9])/i;
/** A model of so many billion parameters is one of this tier at best. */
const FAST_BELOW = 40;
const BALANCED_BELOW = 300;
/** Unknown models are trusted less than the known ones of their tier. */
const LESS = 0.12;
/** Below this many billions a model writes little that can be used as it is. */
const TINY_BELOW = 5;
const TINY_QUALITY = 0.3;

function strangerRow(kind: string, name: string, chosen: boolean): AnyModelRow {
  const local = LOCAL_KINDS.has(kind) && !REMOTE.test(name);
  const billions = Number(BILLIONS.exec(name)?.[1] ?? Number.NaN);
  const guess = TIER_GUESSES[guessTier(name, billions)];
  return {
    ...guess,
    name,
    label: name,
    quality: billions < TINY_BELOW ? TINY_QUALITY : guess.quality - LESS,
    source: 'the platform’s own list',
    asOf: '',
    ...(local ? { local, price: { inputUsdPerMTok: 0, outputUsdPerMTok: 0 } } : {}),
    ...(chosen || NO_TEXT.test(name) ? { use: 'by-name' as const } : {}),
  };
}

function guessTier(name: string, billions: number): Tier {
  if (billions < FAST_BELOW || SMALL.test(name)) return 'fast';
  if (LARGE.test(name) || billions >= BALANCED_BELOW) return 'powerful';
  return 'balanced';
}

/** To name a model in the settings is to want it; `use` says so when not. */
function overridden(kind: string, row: AnyModelRow | undefined, override: ModelOverride): AnyModelRow {
  const { platform: _platform, use: asked, tier, ...facts } = override;
  const base = row ?? strangerRow(kind, override.name, false);
  const { use: _use, ...rest } = tier === undefined ? base : { ...base, ...TIER_GUESSES[tier] };
  const merged: AnyModelRow = { ...rest, ...facts };
  const own = { facts: Object.keys(facts).join(', '), source: 'sluice.models', asOf: '' };
  return {
    ...merged,
    source: row === undefined ? 'sluice.models' : `sluice.models, ${row.source}`,
    sources: [own, ...(base.sources ?? [])],
    ...(asked === 'by-name' ? { use: 'by-name' as const } : {}),
  };
}
