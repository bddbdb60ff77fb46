/**
 * The product's router, adequacy model and cascade on outcomes of real models. `--data` is a folder with `tasks.json` and
 * `dev` or `heldout`, or one of these: `heldout` is judged by what was learned from `dev`, `dev` alone by cross-validation.
 * Units: shares in percent of the strongest model's, milliseconds, MB.
 */
import { type Bench, check } from './report.ts';
import { alwaysUp, bestMixture, type Share } from './routingBounds.ts';
import { openRoutingData, type RoutingData } from './routingData.ts';
import { type PairResult, pairResult } from './routingPairs.ts';
import { cascaded, openPool, type PoolResult, routed } from './routingPools.ts';
import { speedOf } from './routingSpeed.ts';

/** Catches nine in ten bad answers, and one in twenty good ones. */
const GOOD_CHECK = { catches: 0.9, falseAlarms: 0.05, costUsd: 0 };
const RUNS = 20;
const PAIR_RUNS = 3;
/** More of the largest data set would take minutes and say the same. */
const LARGE = 1_500;

/** Tasks that may be learned from, and what is promised: CPT50, CPT80, APGR. */
const RANKED = [
  { name: 'gsm8k', most: 643, bounds: [0.29, 0.55, 0.67] },
  { name: 'mmlu', most: LARGE, bounds: [0.32, 0.66, 0.63] },
  { name: 'lcb_4omini_sonnet', most: 643, bounds: [0.27, 0.58, 0.65] },
] as const;

/** Priors come from the sister benchmark, as a published list of scores would tell them. */
const SISTER: Readonly<Record<string, readonly string[]>> = {
  swe_pool: ['swebench_multilingual'],
  swe_oa_pool: ['swebench_multilingual'],
  swe_ml_pool: ['swebench_verified'],
};

type Checks = ReturnType<typeof check>[];

export const routing: Bench = async ({ data: folder, say }) => {
  if (folder === undefined) throw new Error('--data names a folder with tasks.json');
  const data = openRoutingData(folder);
  const pools = poolFigures(data, say);
  const pairs = pairFigures(data, say);
  const speed = speedOf(data, ['gsm8k', 'mmlu']);
  say(`speed ${JSON.stringify(speed)}`);
  const fast =
    speed === undefined
      ? []
      : [
          check('features P99', speed.featuresP99Ms, '<=', 0.3, 'ms'),
          check('decision P99', speed.decisionP99Ms, '<=', 0.5, 'ms'),
          check('learning step P99', speed.learnP99Ms, '<=', 1, 'ms'),
          check('state', speed.stateMb, '<=', 5, 'MB'),
        ];
  return {
    results: {
      judged: data.judged,
      learnedFrom: data.learn ?? 'other folds',
      ...pools.results,
      ...pairs.results,
      speed,
    },
    checks: [...pools.checks, ...pairs.checks, ...fast],
  };
};

function poolFigures(data: RoutingData, say: (line: string) => void) {
  const checks: Checks = [];
  const results: Record<string, unknown> = {};
  for (const [name, { models, datasets }] of Object.entries(data.tasks.pools)) {
    const pool = openPool(data, models, datasets, SISTER[name]);
    if (pool === undefined) continue;
    const result = routed(pool, pool.judged.length > 1_000 ? 2 : RUNS);
    results[name] = { strongest: pool.strongest, tasks: pool.judged.length, ...result };
    say(`${name}: ${percents(result)} of ${pool.strongest}`);
    const most = name === 'swe_pool' ? 12 : name === 'swe_ml_pool' ? 22 : undefined;
    if (most !== undefined) {
      checks.push(...bounded(name, result, 98, most));
      const mixture = bestMixture(pool, most / 100);
      results[`${name}, two by lot`] = mixture;
      say(`${name}, in hindsight the best of one or two models by lot: ${shares(mixture)}`);
    }
    const harm = 100 * (bestConstant(pool) - value(pool, result));
    checks.push(check(`${name}: behind the best constant choice`, harm, '<=', 1, '% of a success'));
  }
  checks.push(...cascadeFigures(data, say, results));
  return { checks, results };
}

function cascadeFigures(
  data: RoutingData,
  say: (line: string) => void,
  results: Record<string, unknown>,
): Checks {
  const checks: Checks = [];
  const { models = [], datasets = [] } = data.tasks.pools.swe_pool ?? {};
  const pool = openPool(data, models, datasets, SISTER.swe_pool);
  if (pool !== undefined) {
    const result = cascaded(pool, GOOD_CHECK, RUNS, 'claude-opus-4.6');
    results['cascade swe_pool'] = result;
    say(`cascade swe_pool: ${percents(result)} of claude-opus-4.6`);
    checks.push(...bounded('cascade swe_pool', result, 107, 42));
  }
  const pair = data.tasks.pairs.swe_gpt5mini_gpt52;
  const two = openPool(data, [pair?.weak ?? '', pair?.strong ?? ''], pair?.datasets ?? []);
  if (two !== undefined) {
    const result = cascaded(two, GOOD_CHECK, RUNS, pair?.strong);
    results['cascade swe_gpt5mini_gpt52'] = result;
    const plain = alwaysUp(two, GOOD_CHECK);
    results['cascade swe_gpt5mini_gpt52, always up'] = plain;
    say(`cascade swe_gpt5mini_gpt52: ${percents(result)} of ${pair?.strong}`);
    say(`the same, up whenever the check rejects: ${shares(plain)}`);
    checks.push(...bounded('cascade swe_gpt5mini_gpt52', result, 100, 52));
  }
  return checks;
}

/** A success is worth five calls of the dearest model. */
function value(
  pool: NonNullable<ReturnType<typeof openPool>>,
  { score, usd }: { score: number; usd: number },
): number {
  const dearest = Math.max(...[...pool.known.values()].map((one) => one.usd));
  return score - (0.2 * usd) / dearest;
}

/** In hindsight: the best that always asking one model could have been. */
function bestConstant(pool: NonNullable<ReturnType<typeof openPool>>): number {
  const means = pool.models.map((model) => {
    const all = pool.judged.map(({ outcomes }) => outcomes[model] ?? { score: 0, usd: 0 });
    const sum = (pick: (one: { score: number; usd: number }) => number) =>
      all.reduce((total, one) => total + pick(one), 0) / all.length;
    return value(pool, { score: sum((one) => one.score), usd: sum((one) => one.usd) });
  });
  return Math.max(...means);
}

function bounded(name: string, { ofScore, ofUsd }: PoolResult, score: number, usd: number): Checks {
  return [
    check(`${name}: accuracy`, 100 * ofScore, '>=', score, '%'),
    check(`${name}: cost`, 100 * ofUsd, '<=', usd, '%'),
  ];
}

/** With one standard error over the orders of the tasks. */
function shares({ ofScore, ofUsd }: Share): string {
  return `${(100 * ofScore).toFixed(1)} % of the accuracy at ${(100 * ofUsd).toFixed(1)} % of the cost`;
}

function percents({ ofScore, ofUsd, error }: PoolResult): string {
  const of = (share: number, by: number) => `${(100 * share).toFixed(1)} ± ${(100 * by).toFixed(1)} %`;
  return `${of(ofScore, error.ofScore)} of the accuracy at ${of(ofUsd, error.ofUsd)} of the cost`;
}

function pairFigures(data: RoutingData, say: (line: string) => void) {
  const checks: Checks = [];
  const results: Record<string, PairResult | undefined> = {};
  for (const name of Object.keys(data.tasks.pairs)) {
    const most = name === 'mmlu' ? LARGE : 643;
    const result = pairResult(data, name, { most, both: true, runs: PAIR_RUNS });
    // Too few tasks to say anything of a ranking.
    if (result === undefined || result.judged < 50) continue;
    results[name] = result;
    const { bins, exact, learned, error } = result;
    say(
      `${name}: CPT50 ${pct(bins.cpt50)} CPT80 ${pct(bins.cpt80)} APGR ${bins.apgr.toFixed(3)} ± ${error.toFixed(3)} after ${learned} tasks`,
    );
    checks.push(check(`${name}: APGR, no harm`, exact.apgr, '>=', 0.48, ''));
  }
  for (const { name, most, bounds } of RANKED) {
    const result = results[name];
    if (result === undefined) continue;
    const [cpt50, cpt80, apgr] = bounds;
    checks.push(check(`${name}: CPT50`, 100 * result.bins.cpt50, '<=', 100 * cpt50, '%'));
    checks.push(check(`${name}: CPT80`, 100 * result.bins.cpt80, '<=', 100 * cpt80, '%'));
    checks.push(check(`${name}: APGR`, result.bins.apgr, '>=', apgr, ''));
    const bandit = pairResult(data, name, { most, both: false, runs: 1 });
    if (bandit !== undefined) results[`${name}, one outcome a task`] = bandit;
  }
  return { checks, results };
}

function pct(share: number): string {
  return (100 * share).toFixed(1);
}
