/**
 * Rows on their way to a SQLite file: written in short batches behind the work, so that nobody who types waits for the
 * disk, and kept for the next time when the disk refuses. Units: milliseconds, rows.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { SluiceError } from '../base/errors.ts';
import { inTransaction, unusable } from './sqliteFile.ts';

const FLUSH_AFTER_MS = 250;
const BETWEEN_BATCHES_MS = 5;
const BATCH = 50;
const MOST_PENDING = 1_000;

export interface WriteBehindDeps<R> {
  readonly db: DatabaseSync;
  readonly clock: Clock;
  /** Writes one row; runs inside a transaction. */
  readonly write: (row: R) => void;
  /** Hears of rows that could not be written; they stay pending. */
  readonly onFailure: (error: SluiceError) => void;
}

export class WriteBehind<R> implements Disposable {
  readonly #deps: WriteBehindDeps<R>;
  readonly #pending: R[] = [];
  #timer: Disposable | undefined;

  constructor(deps: WriteBehindDeps<R>) {
    this.#deps = deps;
  }

  /** Rows that are not in the file yet, oldest first. */
  get pending(): readonly R[] {
    return this.#pending;
  }

  add(row: R): void {
    this.#pending.push(row);
    if (this.#pending.length >= MOST_PENDING) this.flush();
    else this.#timer ??= this.#deps.clock.after(FLUSH_AFTER_MS, () => this.#flushSome());
  }

  /** Writes all that is pending. */
  flush(): void {
    while (this.#pending.length > 0 && this.#writeBatch());
    // A disk that stays full must not make the list grow for ever.
    this.#pending.splice(0, Math.max(0, this.#pending.length - MOST_PENDING));
  }

  /** Forgets what is not in the file yet. */
  drop(): void {
    this.#pending.length = 0;
  }

  dispose(): void {
    this.#timer?.dispose();
    this.flush();
  }

  #flushSome(): void {
    this.#timer = undefined;
    if (!this.#writeBatch() || this.#pending.length === 0) return;
    this.#timer = this.#deps.clock.after(BETWEEN_BATCHES_MS, () => this.#flushSome());
  }

  #writeBatch(): boolean {
    const batch = this.#pending.slice(0, BATCH);
    try {
      inTransaction(this.#deps.db, () => {
        for (const row of batch) this.#deps.write(row);
      });
    } catch (error) {
      this.#deps.onFailure(unusable(error));
      return false;
    }
    this.#pending.splice(0, batch.length);
    return true;
  }
}
