/** The catalogue: what is known of the models of each kind of platform. */
import type { ModelRow } from './catalogue.ts';
import { ANTHROPIC_MODELS } from './catalogueAnthropic.ts';
import {
  GROQ_MODELS,
  LMSTUDIO_MODELS,
  OPENROUTER_MODELS,
  SYNTHETIC_MODELS,
  TOGETHER_MODELS,
} from './catalogueHosts.ts';
import { OPENAI_MODELS } from './catalogueOpenai.ts';

const CATALOGUE: Readonly<Record<string, readonly ModelRow[]>> = {
  anthropic: ANTHROPIC_MODELS,
  openai: OPENAI_MODELS,
  synthetic: SYNTHETIC_MODELS,
  openrouter: OPENROUTER_MODELS,
  groq: GROQ_MODELS,
  togetherai: TOGETHER_MODELS,
  lmstudio: LMSTUDIO_MODELS,
};

/** Kinds of platform whose models are known, whether or not the platform lists them. */
export const CATALOGUE_KINDS: readonly string[] = Object.keys(CATALOGUE);

/** Empty for a kind of which nothing is known beforehand. */
export function catalogueOf(kind: string): readonly ModelRow[] {
  return Object.hasOwn(CATALOGUE, kind) ? (CATALOGUE[kind] ?? []) : [];
}

export { ANTHROPIC_MODELS, OPENAI_MODELS };
