/** What can be had without knowing anything of a task: what a router must beat. Units: shares of score and of cost. */
import type { CheckPower } from '../../src/routing/cascade.ts';
import { mean } from './routingData.ts';
import type { Pool } from './routingPools.ts';

export interface Share {
  readonly ofScore: number;
  readonly ofUsd: number;
}

/** Best score of always asking one model, or two by lot, at `mostOfUsd` of the strongest model's cost; in hindsight. */
export function bestMixture(pool: Pool, mostOfUsd: number): Share {
  const strongest = meansOf(pool, pool.strongest);
  const all = pool.models.map((model) => meansOf(pool, model));
  const mostUsd = mostOfUsd * strongest.usd;
  const mixtures = all.flatMap((one) => all.map((other) => mixed(one, other, mostUsd)));
  const best = mixtures.reduce((a, b) => (b.usd <= mostUsd && b.score > a.score ? b : a), {
    score: 0,
    usd: 0,
  });
  return { ofScore: best.score / strongest.score, ofUsd: best.usd / strongest.usd };
}

/** The first model always asked, and the second whenever the check rejects. */
export function alwaysUp(pool: Pool, { catches, falseAlarms }: CheckPower): Share {
  const [weak = '', strong = ''] = pool.models;
  const ends = pool.judged.map(({ outcomes }) => {
    const first = outcomes[weak] ?? { score: 0, usd: 0 };
    const second = outcomes[strong] ?? { score: 0, usd: 0 };
    const up = first.score * falseAlarms + (1 - first.score) * catches;
    const kept = first.score * (1 - falseAlarms);
    return { score: kept + up * second.score, usd: first.usd + up * second.usd };
  });
  const always = meansOf(pool, strong);
  return {
    ofScore: mean(ends.map(({ score }) => score)) / always.score,
    ofUsd: mean(ends.map(({ usd }) => usd)) / always.usd,
  };
}

interface Means {
  readonly score: number;
  readonly usd: number;
}

function meansOf({ judged }: Pool, model: string): Means {
  const all = judged.map(({ outcomes }) => outcomes[model] ?? { score: 0, usd: 0 });
  return { score: mean(all.map(({ score }) => score)), usd: mean(all.map(({ usd }) => usd)) };
}

/** As much of the dearer one as the cost allows. */
function mixed(cheap: Means, dear: Means, mostUsd: number): Means {
  if (cheap.usd >= dear.usd || dear.usd <= mostUsd) return cheap;
  const share = Math.max(0, (mostUsd - cheap.usd) / (dear.usd - cheap.usd));
  return {
    score: cheap.score + share * (dear.score - cheap.score),
    usd: cheap.usd + share * (dear.usd - cheap.usd),
  };
}
