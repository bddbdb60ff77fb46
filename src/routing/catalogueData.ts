/** The catalogue: what is known of the models of each kind of platform. */
import { once } from '../base/once.ts';
import type { ModelRow } from './catalogue.ts';
import { anthropicModels } from './catalogueAnthropic.ts';
import {
  groqModels,
  lmstudioModels,
  openrouterModels,
  syntheticModels,
  togetherModels,
} from './catalogueHosts.ts';
import { openaiModels } from './catalogueOpenai.ts';

/**
 * The same models through a subscription: no money is owed for a call. The program runs tools of its own and takes
 * text; other people's tools and pictures go elsewhere.
 */
const claudeCodeModels = once(() =>
  anthropicModels().map(({ price: _listPrice, ...row }) => ({
    ...row,
    billing: 'subscription' as const,
    tools: false,
    images: false,
  })),
);

const CATALOGUE: Readonly<Record<string, () => readonly ModelRow[]>> = {
  'claude-code': claudeCodeModels,
  anthropic: anthropicModels,
  openai: openaiModels,
  synthetic: syntheticModels,
  openrouter: openrouterModels,
  groq: groqModels,
  togetherai: togetherModels,
  lmstudio: lmstudioModels,
};

/** Kinds of platform whose models are known, whether or not the platform lists them. */
export const CATALOGUE_KINDS: readonly string[] = Object.keys(CATALOGUE);

/** Empty for a kind of which nothing is known beforehand. */
export function catalogueOf(kind: string): readonly ModelRow[] {
  return Object.hasOwn(CATALOGUE, kind) ? (CATALOGUE[kind]?.() ?? []) : [];
}
