/** The usage history on disk, opened when the first request has ended, and read as a whole for an export. */
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import { LazyLedger, type UsageRecord } from '../metrics/usageLedger.ts';

export interface LazyHistoryDeps {
  readonly file: string;
  readonly clock: Clock;
  /** Hears why nothing can be kept; the records then stay in memory. */
  readonly onFailure: (error: unknown) => void;
}

export class LazyHistory implements Disposable {
  readonly ledger: LazyLedger;
  /** Every record, oldest first. Throws `storage-unusable`. */
  readonly read: () => Promise<readonly UsageRecord[]>;
  readonly #bag = new DisposableBag();

  constructor({ file, clock, onFailure }: LazyHistoryDeps) {
    const open = async () => {
      const { SqliteLedger } = await import('./sqliteLedger.ts');
      return this.#bag.add(await SqliteLedger.open(file, clock, onFailure));
    };
    this.ledger = new LazyLedger(open, (failure) => {
      if (failure !== undefined) onFailure(failure);
    });
    this.read = async () => (await import('./usageRows.ts')).readUsage(file);
  }

  dispose(): void {
    this.#bag.dispose();
  }
}
