/**
 * Models of the platforms that need a key. Prices, context and output limits: models.dev (MIT) as packed in
 * opencode-ai 1.18.33 and pi-ai 1.5.2, read 2026-11-20. `quality` and the speeds are our own first guesses by tier,
 * to be replaced by what is measured; they come from no benchmark.
 */
import type { ModelRow } from './catalogue.ts';

const SOURCE = 'models.dev in opencode-ai 1.18.33 and pi-ai 1.5.2';
const AS_OF = '2026-11-20';

/** First guesses by tier: chance of an adequate answer at middle complexity, first token, output speed. */
const FAST = { tier: 'fast', quality: 0.62, firstTokenMs: 500, outputTokensPerS: 150 } as const;
const BALANCED = { tier: 'balanced', quality: 0.8, firstTokenMs: 900, outputTokensPerS: 80 } as const;
const POWERFUL = { tier: 'powerful', quality: 0.92, firstTokenMs: 1_500, outputTokensPerS: 60 } as const;

export const ANTHROPIC_MODELS: readonly ModelRow[] = [
  {
    ...FAST,
    name: 'claude-haiku-5-5',
    label: 'Claude Haiku 5.5',
    price: {
      inputUsdPerMTok: 0.1,
      outputUsdPerMTok: 0.5,
      cacheReadUsdPerMTok: 0.01,
      cacheWriteUsdPerMTok: 0.125,
      longPrompt: {
        aboveTokens: 100_000,
        inputUsdPerMTok: 0.5,
        outputUsdPerMTok: 2.5,
        cacheReadUsdPerMTok: 0.05,
        cacheWriteUsdPerMTok: 0.625,
      },
    },
    contextTokens: 1_000_000,
    maxOutputTokens: 128_000,
    source: SOURCE,
    asOf: AS_OF,
  },
  {
    ...BALANCED,
    name: 'claude-sonnet-5-5',
    label: 'Claude Sonnet 5.5',
    price: { inputUsdPerMTok: 2, outputUsdPerMTok: 10, cacheReadUsdPerMTok: 0.1, cacheWriteUsdPerMTok: 2.5 },
    contextTokens: 1_000_000,
    maxOutputTokens: 128_000,
    source: SOURCE,
    asOf: AS_OF,
  },
  {
    ...POWERFUL,
    name: 'claude-opus-5-5',
    label: 'Claude Opus 5.5',
    price: { inputUsdPerMTok: 4, outputUsdPerMTok: 20, cacheReadUsdPerMTok: 0.2, cacheWriteUsdPerMTok: 5 },
    contextTokens: 1_000_000,
    maxOutputTokens: 128_000,
    source: SOURCE,
    asOf: AS_OF,
  },
];

export const OPENAI_MODELS: readonly ModelRow[] = [
  {
    ...FAST,
    name: 'gpt-6-luna',
    label: 'GPT-6 Luna',
    price: {
      inputUsdPerMTok: 0.1,
      outputUsdPerMTok: 0.5,
      cacheReadUsdPerMTok: 0.01,
      cacheWriteUsdPerMTok: 0.125,
      longPrompt: {
        aboveTokens: 272_000,
        inputUsdPerMTok: 0.2,
        outputUsdPerMTok: 0.75,
        cacheReadUsdPerMTok: 0.02,
        cacheWriteUsdPerMTok: 0.25,
      },
    },
    contextTokens: 922_000,
    maxOutputTokens: 128_000,
    source: SOURCE,
    asOf: AS_OF,
  },
  {
    ...BALANCED,
    name: 'gpt-6.1-terra',
    label: 'GPT-6.1 Terra',
    price: {
      inputUsdPerMTok: 1,
      outputUsdPerMTok: 5,
      cacheReadUsdPerMTok: 0.05,
      cacheWriteUsdPerMTok: 1.25,
      longPrompt: {
        aboveTokens: 272_000,
        inputUsdPerMTok: 2,
        outputUsdPerMTok: 7.5,
        cacheReadUsdPerMTok: 0.1,
        cacheWriteUsdPerMTok: 2.5,
      },
    },
    // The platform's own figure is not known; this is the window that its command-line client works with.
    contextTokens: 500_000,
    maxOutputTokens: 128_000,
    source: SOURCE,
    asOf: AS_OF,
  },
  {
    ...POWERFUL,
    name: 'gpt-6-sol',
    label: 'GPT-6 Sol',
    price: {
      inputUsdPerMTok: 2,
      outputUsdPerMTok: 10,
      cacheReadUsdPerMTok: 0.2,
      cacheWriteUsdPerMTok: 2.5,
      longPrompt: {
        aboveTokens: 272_000,
        inputUsdPerMTok: 4,
        outputUsdPerMTok: 15,
        cacheReadUsdPerMTok: 0.4,
        cacheWriteUsdPerMTok: 5,
      },
    },
    contextTokens: 922_000,
    maxOutputTokens: 128_000,
    source: SOURCE,
    asOf: AS_OF,
  },
];
