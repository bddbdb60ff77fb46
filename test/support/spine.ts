/** The whole pipeline over fake platforms and a fake clock, as tests and benchmarks need it. */
import type { Clock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { type Random, seededRandom } from '../../src/base/random.ts';
import { TieredCache } from '../../src/cache/tieredCache.ts';
import { AnswerCache, type LowerAnswers } from '../../src/flow/answerCache.ts';
import { AnswerChecking } from '../../src/flow/answerChecking.ts';
import { factorOf } from '../../src/flow/callPlan.ts';
import type { Parsed, SyntaxParser } from '../../src/flow/checkSyntax.ts';
import type { Approve } from '../../src/flow/costly.ts';
import { Dispatcher } from '../../src/flow/dispatcher.ts';
import type { Foresight } from '../../src/flow/foresight.ts';
import { Outcomes } from '../../src/flow/outcomes.ts';
import { Pipeline } from '../../src/flow/pipeline.ts';
import { Platforms } from '../../src/flow/platforms.ts';
import type { RouteRequest } from '../../src/flow/request.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../src/flow/settings.ts';
import type { Similar } from '../../src/flow/similar.ts';
import type { ModelTransport } from '../../src/flow/transport.ts';
import { Trials } from '../../src/flow/trials.ts';
import { Metrics } from '../../src/metrics/metrics.ts';
import { MemoryLedger, type UsageLedger } from '../../src/metrics/usageLedger.ts';
import { sha256 } from '../../src/node/sha256.ts';
import { TokenEstimator } from '../../src/prompt/tokenEstimator.ts';
import { Quota } from '../../src/quota/quota.ts';
import { bindModel, type ModelRow } from '../../src/routing/catalogue.ts';
import type { TrialStore } from '../../src/routing/trialStore.ts';

export const FAST: ModelRow = {
  name: 'fast',
  label: 'Fast',
  tier: 'fast',
  price: { inputUsdPerMTok: 1, outputUsdPerMTok: 5 },
  contextTokens: 100_000,
  maxOutputTokens: 8_000,
  quality: 0.6,
  firstTokenMs: 100,
  outputTokensPerS: 100,
  source: 'made up for tests',
  asOf: '2026-11-21',
};

export const STRONG: ModelRow = {
  ...FAST,
  name: 'strong',
  label: 'Strong',
  tier: 'powerful',
  price: { inputUsdPerMTok: 10, outputUsdPerMTok: 50 },
  quality: 0.9,
};

/** Between the two. */
export const MIDDLE: ModelRow = {
  ...FAST,
  name: 'middle',
  label: 'Middle',
  tier: 'balanced',
  price: { inputUsdPerMTok: 3, outputUsdPerMTok: 15 },
  quality: 0.75,
};

export interface SpineOptions {
  readonly clock: Clock;
  readonly transport: ModelTransport;
  readonly approve?: Approve;
  readonly models?: readonly ModelRow[];
  readonly settings?: Partial<Settings>;
  readonly random?: Random;
  readonly ledger?: UsageLedger;
  readonly quota?: Quota;
  readonly foresight?: () => Promise<Foresight>;
  readonly similar?: Similar;
  readonly lower?: LowerAnswers;
  /** With it the experiments of the settings act, on the installation `installation`. */
  readonly trialStore?: TrialStore;
  readonly installation?: string;
  /** What an earlier session kept, by its key. */
  readonly kept?: Readonly<Record<string, unknown>>;
  /** Absent: one that counts brackets. */
  readonly parser?: SyntaxParser;
}

/** An error for each bracket without its other half; knows TypeScript alone. */
export class BracketParser implements SyntaxParser {
  readonly parsed: string[] = [];

  async parse(text: string, language: string): Promise<Parsed> {
    this.parsed.push(text);
    if (language !== 'typescript') return { kind: 'no-grammar' };
    const count = (bracket: string) => text.split(bracket).length;
    return { kind: 'parsed', errors: Math.abs(count('{') - count('}')), line: 0 };
  }
}

export function buildSpine(options: SpineOptions) {
  const { clock, transport, models = [FAST, STRONG], random = seededRandom(7) } = options;
  const { ledger = new MemoryLedger() } = options;
  const cacheRandom = seededRandom(8);
  const state = { settings: { ...DEFAULT_SETTINGS, ...options.settings } };
  const own = () => state.settings;
  const { trialStore, installation = 'me' } = options;
  const settings = () => trials?.settings() ?? own();
  const platforms = new Platforms();
  platforms.set([
    {
      id: 'test',
      label: 'Test',
      simulated: false,
      models: models.map((row) => bindModel(row, 'test', false)),
      open: async () => transport,
    },
  ]);
  const { quota = new Quota(clock), foresight } = options;
  const metrics = new Metrics(ledger);
  const estimator = new TokenEstimator(async (text) => Math.ceil(text.length / 4));
  const trials =
    trialStore &&
    new Trials({
      ...{ clock, settings: own, installation: () => installation, digest: sha256 },
      models: () => platforms.models,
      factor: (model) => factorOf(model, estimator),
      open: async () => trialStore,
      onFailure: (error) => {
        throw error;
      },
    });
  const cache = new AnswerCache({
    ...{ hash: sha256, clock, random: cacheRandom, settings },
    modelClass: () => platforms.signature,
    load: () => TieredCache,
    ...(options.lower === undefined ? {} : { lower: options.lower }),
  });
  const dispatcher = new Dispatcher({
    ...{ platforms, quota, estimator, settings, clock, random, log: silentLog },
    ...(foresight === undefined ? {} : { foresight }),
    ...(options.approve === undefined ? {} : { approve: options.approve }),
  });
  const kept = new Map<string, unknown>(Object.entries(options.kept ?? {}));
  const outcomes = new Outcomes({ decided: () => undefined, happened: () => undefined }, clock);
  const { parser = new BracketParser(), similar } = options;
  const checking: AnswerChecking = new AnswerChecking({
    ...{ dispatcher, outcomes, settings, clock, random, log: silentLog },
    parser: async () => parser,
    store: { get: (key) => kept.get(key), update: async (key, value) => void kept.set(key, value) },
    onSpent: (receipt, asked) => pipeline.spent(receipt, asked),
  });
  const cascade = async () => checking.cascade;
  const parts = { dispatcher, cache, metrics, clock, random, log: silentLog, cascade };
  const pipeline: Pipeline = new Pipeline({
    ...parts,
    planned: (asked) => (asked.held ? checking.cascade.planned(asked) : asked),
    ...(trials === undefined ? {} : { trials }),
    ...(similar === undefined ? {} : { similar }),
  });
  return { trials, pipeline, platforms, quota, metrics, cache, clock, state, checking, outcomes, kept };
}

export function request(overrides: Partial<RouteRequest> = {}): RouteRequest {
  return {
    task: 'explain',
    priority: 'medium',
    instruction: '',
    code: {
      language: 'typescript',
      text: 'const answer = 42;',
      problems: [],
      cutChars: 0,
    },
    freshness: 'cached',
    ...overrides,
  };
}

/** A change of a function that returns 1, checked before it is shown. */
export function heldEdit(overrides: Partial<RouteRequest> = {}): RouteRequest {
  const text = 'function a() {\n  return 1;\n}';
  const code = { language: 'typescript', text, problems: [], cutChars: 0 };
  return request({ task: 'edit', form: 'edit', instruction: 'two', code, held: true, ...overrides });
}
