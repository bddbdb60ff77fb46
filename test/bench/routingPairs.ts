/** Learns online which tasks need the strong one of two models, and ranks tasks that it has not seen. */
import { AdequacyModel } from '../../src/routing/adequacyModel.ts';
import type { ModelInfo } from '../../src/routing/catalogue.ts';
import { mean, type RoutingData, readTasks, shuffled, standardError, type Task } from './routingData.ts';
import { exact, type Ranked, type RankingScore, tenBins } from './routingMetrics.ts';

const FOLDS = 5;
/** What is believed of both before anything is seen: the strong one is somewhat better. */
const PRIOR = { weak: 0.6, strong: 0.7, outcomes: 10 };

export interface PairTerms {
  /** Tasks that may be learned from. */
  readonly most: number;
  /** Of each task the outcomes of both models are seen, else only that of one drawn by lot. */
  readonly both: boolean;
  readonly runs: number;
}

export interface PairResult {
  readonly bins: RankingScore;
  readonly exact: RankingScore;
  /** One standard error of `bins.apgr` over the orders; that of the tasks themselves is larger. */
  readonly error: number;
  readonly judged: number;
  readonly learned: number;
}

export function pairResult(data: RoutingData, name: string, terms: PairTerms): PairResult | undefined {
  const pair = data.tasks.pairs[name];
  if (pair?.weak === undefined || pair.strong === undefined || pair.datasets === undefined) return undefined;
  const { weak, strong, datasets } = pair;
  const judged = readTasks(data.judged, datasets, [weak, strong]);
  const taught = data.learn === undefined ? undefined : readTasks(data.learn, datasets, [weak, strong]);
  if (judged.length === 0) return undefined;
  const runs = Array.from({ length: terms.runs }, (_, run) =>
    taught === undefined
      ? crossValidated(judged, { weak, strong }, terms, run)
      : ranked(shuffled(taught, run).slice(0, terms.most), judged, { weak, strong }, terms, run),
  );
  const learned = taught?.length ?? Math.floor((judged.length * (FOLDS - 1)) / FOLDS);
  return {
    bins: meanScore(runs.map(tenBins)),
    exact: meanScore(runs.map(exact)),
    error: standardError(runs.map((run) => tenBins(run).apgr)),
    judged: judged.length,
    learned: Math.min(terms.most, learned),
  };
}

interface Pair {
  readonly weak: string;
  readonly strong: string;
}

/** Each fold is ranked by what was learned from the others; ranks are made comparable by each fold's mean. */
function crossValidated(all: readonly Task[], pair: Pair, terms: PairTerms, run: number): Ranked[] {
  const order = shuffled(all, run);
  return Array.from({ length: FOLDS }, (_, fold) => {
    const judged = order.filter((_task, index) => index % FOLDS === fold);
    const taught = order.filter((_task, index) => index % FOLDS !== fold).slice(0, terms.most);
    const items = ranked(taught, judged, pair, terms, run * FOLDS + fold);
    const usual = mean(items.map(({ rank }) => rank));
    // Equal ranks must stay equal.
    return items.map((item) => ({ ...item, rank: Math.round((item.rank - usual) * 1e9) }));
  }).flat();
}

function ranked(
  taught: readonly Task[],
  judged: readonly Task[],
  { weak, strong }: Pair,
  { both }: PairTerms,
  seed: number,
): Ranked[] {
  const model = new AdequacyModel((key) => {
    const chance = key === weak ? PRIOR.weak : PRIOR.strong;
    return { chance, quality: chance, outcomes: PRIOR.outcomes };
  });
  const lot = shuffled(
    taught.map((_, index) => index % 2 === 0),
    seed + 1_000,
  );
  for (const [index, task] of taught.entries()) {
    const seen = both ? [weak, strong] : [lot[index] ? weak : strong];
    for (const modelKey of seen) model.learn(lessonOf(task, modelKey, task.outcomes[modelKey]?.score ?? 0));
  }
  model.settle();
  return judged.map(({ features, outcomes }) => {
    const [cheap, dear] = model.chances([weak, strong], features);
    const rank = (dear?.chance ?? 0) - (cheap?.chance ?? 0);
    return { rank, weak: outcomes[weak]?.score ?? 0, strong: outcomes[strong]?.score ?? 0 };
  });
}

export function lessonOf({ id, features }: Task, modelKey: string, grade: number, weight = 1) {
  return { taskId: id, atMs: 0, modelKey, features, grade, weight, source: 'benchmark' as const };
}

/** Stands for one prompt; only ratios of costs matter. */
export const CALL_TOKENS = 1_000;

export function infoFor(name: string, usd: number, quality: number): ModelInfo {
  return {
    key: name,
    platform: 'bench',
    name,
    label: name,
    tier: 'balanced',
    price: { inputUsdPerMTok: 0, outputUsdPerMTok: (usd * 1e6) / CALL_TOKENS },
    quality,
    firstTokenMs: 1_000,
    outputTokensPerS: 100,
    simulated: false,
    source: 'bench',
    asOf: '2026-11-27',
  };
}

function meanScore(scores: readonly RankingScore[]): RankingScore {
  const of = (pick: (score: RankingScore) => number) => mean(scores.map(pick));
  return { apgr: of((one) => one.apgr), cpt50: of((one) => one.cpt50), cpt80: of((one) => one.cpt80) };
}
