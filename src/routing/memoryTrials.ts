/** Results of experiments, shadow choices and benchmark runs of this window, for when no file can be had. */
import { emptySums, type VariantSums } from './experimentVerdict.ts';
import type { Sums } from './sequentialTest.ts';
import type {
  AnswerRow,
  AnswerSums,
  BenchmarkRow,
  Judgement,
  Observation,
  ShadowRow,
  ShadowSums,
  TrialStore,
} from './trialStore.ts';

/** As many as a long day has. */
const MOST_ROWS = 5_000;

export class MemoryTrials implements TrialStore {
  readonly #observations: (Observation & Partial<Judgement>)[] = [];
  readonly #shadow: ShadowRow[] = [];
  readonly #answers = new Map<string, AnswerSums>();
  readonly #benchmarks: BenchmarkRow[] = [];

  observed(row: Observation): void {
    keep(this.#observations, [row]);
  }

  judged({ receiptId, accepted, quality }: Judgement): void {
    for (const [index, row] of this.#observations.entries()) {
      if (row.receiptId === receiptId) this.#observations[index] = { ...row, accepted, quality };
    }
  }

  sums(experiment: string): readonly VariantSums[] {
    const rows = this.#observations.filter((row) => row.experiment === experiment);
    const names = new Set(rows.map(({ variant }) => variant));
    return [...names].map((variant) =>
      rows
        .filter((row) => row.variant === variant)
        .reduce<VariantSums>(
          (sums, { accepted, quality, costUsd, totalMs }) => ({
            variant,
            count: sums.count + 1,
            accepted: plus(sums.accepted, accepted),
            quality: plus(sums.quality, quality),
            cost: plus(sums.cost, costUsd),
            time: plus(sums.time, totalMs),
          }),
          emptySums(variant),
        ),
    );
  }

  shadowed(rows: readonly ShadowRow[]): void {
    keep(this.#shadow, rows);
  }

  shadow(fromDay: string, simulated: boolean): readonly ShadowSums[] {
    const rows = this.#shadow.filter((row) => row.day >= fromDay && row.simulated === simulated);
    const sums = new Map<string, ShadowSums>();
    for (const { modelKey, usd, actualUsd, chance } of rows) {
      const none = { modelKey, requests: 0, usd: 0, actualUsd: 0, chances: 0, chanceSum: 0 };
      const before = sums.get(modelKey) ?? none;
      sums.set(modelKey, {
        modelKey,
        requests: before.requests + 1,
        usd: before.usd + usd,
        actualUsd: before.actualUsd + actualUsd,
        chances: before.chances + (chance === undefined ? 0 : 1),
        chanceSum: before.chanceSum + (chance ?? 0),
      });
    }
    return [...sums.values()];
  }

  answered({ modelKey, task, costUsd, totalMs }: AnswerRow): void {
    const key = `${task} ${modelKey}`;
    const none = { modelKey, task, count: 0, priced: 0, usd: 0, ms: 0 };
    const before = this.#answers.get(key) ?? none;
    this.#answers.set(key, {
      ...before,
      count: before.count + 1,
      priced: before.priced + (costUsd === undefined ? 0 : 1),
      usd: before.usd + (costUsd ?? 0),
      ms: before.ms + totalMs,
    });
  }

  answers(): readonly AnswerSums[] {
    return [...this.#answers.values()];
  }

  benchmarked(rows: readonly BenchmarkRow[]): void {
    keep(this.#benchmarks, rows);
  }

  lastBenchmark(suite: string, modelKey: string): readonly BenchmarkRow[] {
    const rows = this.#benchmarks.filter((row) => row.suite === suite && row.modelKey === modelKey);
    const newest = rows.reduce((atMs, row) => Math.max(atMs, row.atMs), 0);
    return rows.filter(({ atMs }) => atMs === newest);
  }
}

function keep<T>(list: T[], rows: readonly T[]): void {
  list.push(...rows);
  list.splice(0, Math.max(0, list.length - MOST_ROWS));
}

function plus(sums: Sums, value: number | undefined): Sums {
  if (value === undefined) return sums;
  return { count: sums.count + 1, sum: sums.sum + value, squares: sums.squares + value * value };
}
