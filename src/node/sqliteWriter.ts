/**
 * Writes to a SQLite file that other windows write to as well: at once where nobody else does, else a moment later.
 * Nobody stands still for a lock. Units: milliseconds.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Random } from '../base/random.ts';
import { isBusy } from './sqliteFile.ts';

const AGAIN = { leastMs: 1, mostMs: 3 };
/** Whoever holds the lock for so long is not one of us. */
const GIVE_UP_AFTER_MS = 2_000;

export class SqliteWriter implements Disposable {
  readonly #db: DatabaseSync;
  readonly #deps: { readonly clock: Clock; readonly random: Random };
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  #closed = false;

  constructor(db: DatabaseSync, deps: { readonly clock: Clock; readonly random: Random }) {
    this.#db = db;
    this.#deps = deps;
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
  }

  /** As a whole or not at all. Throws, or rejects with, what SQLite throws. */
  write(change: () => void): void | Promise<void> {
    if (this.#closed || this.tryWrite(change)) return undefined;
    return this.#later(change);
  }

  /** False: somebody else is writing. */
  tryWrite(change: () => void): boolean {
    try {
      this.#begin.run();
    } catch (error) {
      if (isBusy(error)) return false;
      throw error;
    }
    try {
      change();
      this.#commit.run();
      return true;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      if (isBusy(error)) return false;
      throw error;
    }
  }

  /** What has not been written by then is given up. */
  dispose(): void {
    this.#closed = true;
  }

  #later(change: () => void): Promise<void> {
    const { clock, random } = this.#deps;
    const sinceMs = clock.monotonic();
    return new Promise((resolve, reject) => {
      const again = () => {
        const waitMs = AGAIN.leastMs + random() * (AGAIN.mostMs - AGAIN.leastMs);
        clock.after(waitMs, () => {
          try {
            if (this.#closed || this.tryWrite(change)) resolve();
            else if (clock.monotonic() - sinceMs > GIVE_UP_AFTER_MS) reject(new Error('locked'));
            else again();
          } catch (error) {
            reject(error);
          }
        });
      };
      again();
    });
  }
}
