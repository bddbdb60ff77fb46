/**
 * Models of the simulated platform. Prices in USD per million tokens, first token in milliseconds: all made up
 * for trying Sluice, in the proportions of real fast, balanced and powerful models.
 */
import type { ModelRow } from './catalogue.ts';

const MADE_UP = {
  tools: true,
  images: true,
  source: 'made up for trying Sluice',
  asOf: '2026-11-20',
} as const;

export const SIMULATED_MODELS: readonly ModelRow[] = [
  {
    name: 'sim-fast',
    label: 'Fast (simulated)',
    tier: 'fast',
    price: {
      inputUsdPerMTok: 0.25,
      outputUsdPerMTok: 1.25,
      cacheReadUsdPerMTok: 0.025,
      cacheWriteUsdPerMTok: 0.3125,
    },
    contextTokens: 64_000,
    maxOutputTokens: 8_000,
    quality: 0.62,
    firstTokenMs: 120,
    outputTokensPerS: 180,
    ...MADE_UP,
  },
  {
    name: 'sim-balanced',
    label: 'Balanced (simulated)',
    tier: 'balanced',
    price: {
      inputUsdPerMTok: 1,
      outputUsdPerMTok: 5,
      cacheReadUsdPerMTok: 0.1,
      cacheWriteUsdPerMTok: 1.25,
    },
    contextTokens: 200_000,
    maxOutputTokens: 16_000,
    quality: 0.8,
    firstTokenMs: 400,
    outputTokensPerS: 90,
    ...MADE_UP,
  },
  {
    name: 'sim-powerful',
    label: 'Powerful (simulated)',
    tier: 'powerful',
    price: {
      inputUsdPerMTok: 5,
      outputUsdPerMTok: 25,
      cacheReadUsdPerMTok: 0.5,
      cacheWriteUsdPerMTok: 6.25,
    },
    contextTokens: 400_000,
    maxOutputTokens: 32_000,
    quality: 0.93,
    firstTokenMs: 900,
    outputTokensPerS: 50,
    ...MADE_UP,
  },
];
