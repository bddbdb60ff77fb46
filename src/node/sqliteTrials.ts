/** Results of experiments, shadow choices and benchmark runs in SQLite, shared by all windows of this machine. */
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { SluiceError } from '../base/errors.ts';
import type { VariantSums } from '../routing/experimentVerdict.ts';
import type { Sums } from '../routing/sequentialTest.ts';
import type {
  AnswerRow,
  AnswerSums,
  BenchmarkRow,
  Judgement,
  Observation,
  ShadowRow,
  ShadowSums,
  TrialStore,
} from '../routing/trialStore.ts';
import { openSqlite, unusable } from './sqliteFile.ts';
import { WriteBehind } from './writeBehind.ts';

export const TRIALS_VERSION = 1;
const TABLES = `
  CREATE TABLE observations (
    receipt TEXT NOT NULL, experiment TEXT NOT NULL, variant TEXT NOT NULL, at_ms INTEGER NOT NULL, cost_usd REAL,
    total_ms REAL NOT NULL, accepted REAL, quality REAL, PRIMARY KEY (receipt, experiment)
  ) STRICT;
  CREATE INDEX observations_experiment ON observations (experiment, variant);
  CREATE TABLE shadow (
    day TEXT NOT NULL, model TEXT NOT NULL, simulated INTEGER NOT NULL, requests INTEGER NOT NULL, usd REAL NOT NULL,
    actual_usd REAL NOT NULL, chances INTEGER NOT NULL, chance_sum REAL NOT NULL, PRIMARY KEY (day, model)
  ) STRICT;
  CREATE TABLE answers (
    model TEXT NOT NULL, task TEXT NOT NULL, count INTEGER NOT NULL, priced INTEGER NOT NULL, usd REAL NOT NULL,
    ms REAL NOT NULL, PRIMARY KEY (model, task)
  ) STRICT;
  CREATE TABLE benchmarks (
    suite TEXT NOT NULL, model TEXT NOT NULL, at_ms INTEGER NOT NULL, task TEXT NOT NULL, passed INTEGER NOT NULL,
    cost_usd REAL, total_ms REAL NOT NULL
  ) STRICT;
  CREATE INDEX benchmarks_model ON benchmarks (suite, model, at_ms);`;
const OBSERVED = `
  INSERT OR IGNORE INTO observations (receipt, experiment, variant, at_ms, cost_usd, total_ms)
  VALUES (?, ?, ?, ?, ?, ?)`;
const JUDGED = 'UPDATE observations SET accepted = ?, quality = ? WHERE receipt = ?';
const SUMS = `
  SELECT variant, count(*) AS count,
    count(accepted) AS acceptedCount, total(accepted) AS acceptedSum, total(accepted * accepted) AS acceptedSquares,
    count(quality) AS qualityCount, total(quality) AS qualitySum, total(quality * quality) AS qualitySquares,
    count(cost_usd) AS costCount, total(cost_usd) AS costSum, total(cost_usd * cost_usd) AS costSquares,
    count(total_ms) AS timeCount, total(total_ms) AS timeSum, total(total_ms * total_ms) AS timeSquares
  FROM observations WHERE experiment = ? GROUP BY variant`;
const SHADOWED = `
  INSERT INTO shadow (day, model, simulated, requests, usd, actual_usd, chances, chance_sum)
  VALUES (?, ?, ?, 1, ?, ?, ?, ?)
  ON CONFLICT (day, model) DO UPDATE SET requests = requests + 1, usd = usd + excluded.usd,
    actual_usd = actual_usd + excluded.actual_usd, chances = chances + excluded.chances,
    chance_sum = chance_sum + excluded.chance_sum`;
const SHADOW = `
  SELECT model AS modelKey, sum(requests) AS requests, sum(usd) AS usd, sum(actual_usd) AS actualUsd,
    sum(chances) AS chances, sum(chance_sum) AS chanceSum
  FROM shadow WHERE day >= ? AND simulated = ? GROUP BY model`;
const ANSWERED = `
  INSERT INTO answers (model, task, count, priced, usd, ms) VALUES (?, ?, 1, ?, ?, ?)
  ON CONFLICT (model, task) DO UPDATE SET count = count + 1, priced = priced + excluded.priced,
    usd = usd + excluded.usd, ms = ms + excluded.ms`;
const BENCHMARKED = `
  INSERT INTO benchmarks (suite, model, at_ms, task, passed, cost_usd, total_ms) VALUES (?, ?, ?, ?, ?, ?, ?)`;
const LAST_BENCHMARK = `
  SELECT at_ms, task, passed, cost_usd, total_ms FROM benchmarks WHERE suite = ?1 AND model = ?2
    AND at_ms = (SELECT max(at_ms) FROM benchmarks WHERE suite = ?1 AND model = ?2)`;

type Row =
  | { readonly observed: Observation }
  | { readonly judged: Judgement }
  | { readonly shadowed: ShadowRow }
  | { readonly answered: AnswerRow }
  | { readonly benchmarked: BenchmarkRow };

export class SqliteTrials implements TrialStore, Disposable {
  readonly #db: DatabaseSync;
  readonly #rows: WriteBehind<Row>;
  readonly #onFailure: (error: SluiceError) => void;

  private constructor(db: DatabaseSync, clock: Clock, onFailure: (error: SluiceError) => void) {
    this.#db = db;
    this.#onFailure = onFailure;
    this.#rows = new WriteBehind({ db, clock, onFailure, write: writerOf(db) });
  }

  /** Throws as `openSqlite`. `onFailure` hears of rows that could not be written later on. */
  static async open(
    file: string,
    clock: Clock,
    onFailure: (error: SluiceError) => void,
  ): Promise<SqliteTrials> {
    const db = await openSqlite(file, { version: TRIALS_VERSION, tables: TABLES, checked: true });
    return new SqliteTrials(db, clock, onFailure);
  }

  observed(observed: Observation): void {
    this.#rows.add({ observed });
  }

  judged(judged: Judgement): void {
    this.#rows.add({ judged });
  }

  sums(experiment: string): readonly VariantSums[] {
    return this.#read(SUMS, experiment).map((row) => ({
      variant: String(row.variant),
      count: Number(row.count),
      accepted: sumsIn(row, 'accepted'),
      quality: sumsIn(row, 'quality'),
      cost: sumsIn(row, 'cost'),
      time: sumsIn(row, 'time'),
    }));
  }

  shadowed(rows: readonly ShadowRow[]): void {
    for (const shadowed of rows) this.#rows.add({ shadowed });
  }

  shadow(fromDay: string, simulated: boolean): readonly ShadowSums[] {
    return this.#read(SHADOW, fromDay, simulated ? 1 : 0).map((row) => ({
      modelKey: String(row.modelKey),
      requests: Number(row.requests),
      usd: Number(row.usd),
      actualUsd: Number(row.actualUsd),
      chances: Number(row.chances),
      chanceSum: Number(row.chanceSum),
    }));
  }

  answered(answered: AnswerRow): void {
    this.#rows.add({ answered });
  }

  answers(): readonly AnswerSums[] {
    return this.#read('SELECT model, task, count, priced, usd, ms FROM answers').map(
      ({ model, task, count, priced, usd, ms }) => ({
        ...{ modelKey: String(model), task: String(task), count: Number(count) },
        ...{ priced: Number(priced), usd: Number(usd), ms: Number(ms) },
      }),
    );
  }

  benchmarked(rows: readonly BenchmarkRow[]): void {
    for (const benchmarked of rows) this.#rows.add({ benchmarked });
  }

  lastBenchmark(suite: string, modelKey: string): readonly BenchmarkRow[] {
    return this.#read(LAST_BENCHMARK, suite, modelKey).map((row) => ({
      suite,
      modelKey,
      atMs: Number(row.at_ms),
      task: String(row.task),
      passed: row.passed === 1,
      totalMs: Number(row.total_ms),
      ...(row.cost_usd === null ? {} : { costUsd: Number(row.cost_usd) }),
    }));
  }

  dispose(): void {
    this.#rows.dispose();
    this.#db.close();
  }

  /** Nothing of a file that was damaged meanwhile: requests ask for this, and must not fail by it. */
  #read(sql: string, ...given: (string | number)[]): readonly Record<string, unknown>[] {
    this.#rows.flush();
    try {
      return this.#db.prepare(sql).all(...given);
    } catch (error) {
      this.#onFailure(unusable(error));
      return [];
    }
  }
}

function writerOf(db: DatabaseSync): (row: Row) => void {
  const observed = db.prepare(OBSERVED);
  const judged = db.prepare(JUDGED);
  const shadowed = db.prepare(SHADOWED);
  const answered = db.prepare(ANSWERED);
  const benchmarked = db.prepare(BENCHMARKED);
  return (row) => {
    if ('observed' in row) {
      const { receiptId, experiment, variant, atMs, costUsd = null, totalMs } = row.observed;
      observed.run(receiptId, experiment, variant, Math.round(atMs), costUsd, totalMs);
    } else if ('judged' in row) {
      judged.run(row.judged.accepted, row.judged.quality, row.judged.receiptId);
    } else if ('shadowed' in row) {
      const { day, modelKey, simulated, usd, actualUsd, chance } = row.shadowed;
      const known = chance === undefined ? 0 : 1;
      shadowed.run(day, modelKey, simulated ? 1 : 0, usd, actualUsd, known, chance ?? 0);
    } else if ('answered' in row) {
      const { modelKey, task, costUsd, totalMs } = row.answered;
      answered.run(modelKey, task, costUsd === undefined ? 0 : 1, costUsd ?? 0, totalMs);
    } else {
      const { suite, modelKey, atMs, task, passed, costUsd = null, totalMs } = row.benchmarked;
      benchmarked.run(suite, modelKey, Math.round(atMs), task, passed ? 1 : 0, costUsd, totalMs);
    }
  };
}

function sumsIn(row: Readonly<Record<string, unknown>>, name: string): Sums {
  return {
    count: Number(row[`${name}Count`]),
    sum: Number(row[`${name}Sum`]),
    squares: Number(row[`${name}Squares`]),
  };
}
