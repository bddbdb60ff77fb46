/**
 * One task after the other: the product's router chooses among many models, and only the outcome of the chosen one is
 * seen; or its cascade goes on after a check, whose verdicts are all that is seen. Units: USD, shares.
 */
import { type Random, seededRandom } from '../../src/base/random.ts';
import { AdequacyModel } from '../../src/routing/adequacyModel.ts';
import { type CascadeOption, type CheckPower, nextStep } from '../../src/routing/cascade.ts';
import { type RouteInput, route } from '../../src/routing/router.ts';
import { mean, type RoutingData, readTasks, shuffled, standardError, type Task } from './routingData.ts';
import { CALL_TOKENS, infoFor, lessonOf } from './routingPairs.ts';

export interface Pool {
  readonly models: readonly string[];
  readonly judged: readonly Task[];
  /** What may be known beforehand: mean cost, and the mean score on tasks of another kind (or of the other half). */
  readonly known: ReadonlyMap<string, { readonly usd: number; readonly score: number }>;
  /** The most accurate model, as known beforehand. */
  readonly strongest: string;
}

export interface PoolResult {
  readonly score: number;
  readonly usd: number;
  /** Against always asking the strongest, or another model. */
  readonly ofScore: number;
  readonly ofUsd: number;
  /** One standard error over the orders. */
  readonly error: { readonly ofScore: number; readonly ofUsd: number };
  readonly shares: Readonly<Record<string, number>>;
}

/** Outcomes that a prior out of a sister benchmark is worth. */
const PRIOR_OUTCOMES = 30;
/** A success is worth five of the dearest calls. */
const WORTH_IN_DEAREST = 5;
const EXPLORED = 0.03;
const MOST_ANSWERS = 3;
/** `sister`: where priors come from; absent: from the pool's own other half. */
export function openPool(
  data: RoutingData,
  models: readonly string[],
  datasets: readonly string[],
  sister?: readonly string[],
): Pool | undefined {
  const judged = readTasks(data.judged, datasets, models);
  if (judged.length === 0) return undefined;
  const before = data.learn ?? data.judged;
  const costs = readTasks(before, datasets, models);
  const scores = sister === undefined ? costs : readTasks(before, sister, models);
  const known = new Map(
    models.map((model) => [
      model,
      {
        usd: mean(costs.map(({ outcomes }) => outcomes[model]?.usd ?? 0)),
        score: mean(scores.map(({ outcomes }) => outcomes[model]?.score ?? 0)),
      },
    ]),
  );
  const own = (model: string) => mean(costs.map(({ outcomes }) => outcomes[model]?.score ?? 0));
  return { models, judged, known, strongest: models.reduce((a, b) => (own(b) > own(a) ? b : a)) };
}

/** Mean over `runs` orders of the tasks. */
export function routed(pool: Pool, runs: number, against = pool.strongest): PoolResult {
  return played(pool, runs, against, (random) => {
    const model = modelOf(pool);
    return (task) => {
      const explore = { share: EXPLORED, draw: random(), mostUsd: Number.POSITIVE_INFINITY };
      const name = decided(pool, task, model, { explore });
      const { score, usd } = seen(task, name, random);
      model.learn(lessonOf(task, name, score));
      return { score, usd, last: name };
    };
  });
}

/** Key of the model that the product's router chooses. */
function decided(
  pool: Pool,
  task: Task,
  model: AdequacyModel,
  more: Pick<RouteInput, 'explore' | 'plan'>,
): string {
  const { chosen } = route({
    features: task.features,
    models: pool.models.map((name) => infoFor(name, usdOf(pool, name), pool.known.get(name)?.score ?? 0.5)),
    rules: [],
    // Out of reach of every chance, so that the router weighs chance against cost; 1 asks for the best whatever it costs.
    bar: 0.995,
    outputTokens: CALL_TOKENS,
    room: () => ({ waitMs: 0 }),
    chances: (keys, features) => model.chances(keys, features),
    ...more,
  });
  return chosen.modelKey;
}

/** The same with a check after each answer, and the next model after a rejection where that is worth it. */
export function cascaded(pool: Pool, check: CheckPower, runs: number, against = pool.strongest): PoolResult {
  const dearest = Math.max(...[...pool.known.values()].map(({ usd }) => usd));
  const terms = { check, worthUsd: WORTH_IN_DEAREST * dearest };
  return played(pool, runs, against, (random) => {
    const model = modelOf(pool);
    const cheapFirst = pool.models.toSorted((a, b) => usdOf(pool, a) - usdOf(pool, b));
    return (task) => {
      const chances = model.chances(cheapFirst, task.features);
      const options = cheapFirst.map(
        (modelKey, index): CascadeOption => ({
          modelKey,
          chance: chances[index]?.chance ?? 0.5,
          costUsd: usdOf(pool, modelKey),
        }),
      );
      const begin = decided(pool, task, model, { plan: { ...terms, mostAnswers: MOST_ANSWERS } });
      const tried: { option: CascadeOption; rejected: boolean; costUsd: number }[] = [];
      let option = options.find(({ modelKey }) => modelKey === begin);
      let score = 0;
      let usd = 0;
      while (option !== undefined) {
        const outcome = seen(task, option.modelKey, random);
        score = outcome.score;
        usd += outcome.usd;
        const rejected = random() < (score === 1 ? check.falseAlarms : check.catches);
        // What is asked after a failure is harder than usual: it says little of the usual.
        if (tried.length === 0) model.learn(lessonOf(task, option.modelKey, trueShare(rejected, check)));
        tried.push({ option, rejected, costUsd: outcome.usd });
        option = tried.length < MOST_ANSWERS ? nextStep(tried, options, terms)?.next : undefined;
      }
      return { score, usd, last: tried.at(-1)?.option.modelKey ?? '' };
    };
  });
}

type Play = (task: Task) => { readonly score: number; readonly usd: number; readonly last: string };

function played(pool: Pool, runs: number, against: string, begin: (random: Random) => Play): PoolResult {
  const orders = Array.from({ length: runs }, (_, run) => {
    const play = begin(seededRandom(7_000 + run));
    return shuffled(pool.judged, 100 + run).map(play);
  });
  const ends = orders.flat();
  const score = mean(ends.map((end) => end.score));
  const usd = mean(ends.map((end) => end.usd));
  const always = pool.judged.map(({ outcomes }) => outcomes[against] ?? { score: 0, usd: 0 });
  const shares = pool.models.map(
    (model) => [model, mean(ends.map(({ last }) => Number(last === model)))] as const,
  );
  const [alwaysScore, alwaysUsd] = [mean(always.map((one) => one.score)), mean(always.map((one) => one.usd))];
  return {
    score,
    usd,
    ofScore: score / alwaysScore,
    ofUsd: usd / alwaysUsd,
    error: {
      ofScore: standardError(orders.map((order) => mean(order.map((end) => end.score)) / alwaysScore)),
      ofUsd: standardError(orders.map((order) => mean(order.map((end) => end.usd)) / alwaysUsd)),
    },
    shares: Object.fromEntries(shares.filter(([, share]) => share > 0.01)),
  };
}

function modelOf(pool: Pool): AdequacyModel {
  return new AdequacyModel((name) => {
    const chance = pool.known.get(name)?.score ?? 0.5;
    return { chance, quality: chance, outcomes: PRIOR_OUTCOMES };
  });
}

/** A share of several samples becomes one outcome, as a person would see it. */
function seen({ outcomes }: Task, model: string, random: Random): { score: number; usd: number } {
  const { score = 0, usd = 0 } = outcomes[model] ?? {};
  return { score: random() < score ? 1 : 0, usd };
}

/** What a verdict says of the answer, errors of the check taken out on average. */
function trueShare(rejected: boolean, { catches, falseAlarms }: CheckPower): number {
  const passes = (Number(!rejected) - (1 - catches)) / (catches - falseAlarms);
  return Math.max(0, Math.min(1, passes));
}

function usdOf(pool: Pool, model: string): number {
  return pool.known.get(model)?.usd ?? 0;
}
