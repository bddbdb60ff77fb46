/** What was spent, day by day. Units: tokens, USD; days are local calendar days `YYYY-MM-DD`. */

/** One request, as the history keeps it: no prompt, no code, no answer. */
export interface UsageRecord {
  readonly atMs: number;
  readonly day: string;
  readonly task: string;
  readonly modelKey: string;
  readonly simulated: boolean;
  readonly cache: 'none' | 'joined' | 'memory' | 'redis' | 'disk' | 'similar';
  readonly stop: string;
  /** Absent: the platform did not say. 0 for a cached answer, which used nothing. */
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  /** Absent: unknown. */
  readonly costUsd?: number;
  readonly totalMs: number;
}

export interface DayTotals {
  readonly day: string;
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly usd: number;
  readonly simulatedUsd: number;
  /** Requests without a known price or usage: in no sum. */
  readonly unknownCost: number;
}

/** Implemented in memory here, and on disk at the edge. */
export interface UsageLedger {
  add(record: UsageRecord): void;
  day(day: string): DayTotals;
}

export function emptyDay(day: string): DayTotals {
  return { day, requests: 0, inputTokens: 0, outputTokens: 0, usd: 0, simulatedUsd: 0, unknownCost: 0 };
}

export function addToDay(totals: DayTotals, record: UsageRecord): DayTotals {
  const usd = record.costUsd ?? 0;
  return {
    day: totals.day,
    requests: totals.requests + 1,
    inputTokens: totals.inputTokens + (record.inputTokens ?? 0),
    outputTokens: totals.outputTokens + (record.outputTokens ?? 0),
    usd: totals.usd + (record.simulated ? 0 : usd),
    simulatedUsd: totals.simulatedUsd + (record.simulated ? usd : 0),
    unknownCost: totals.unknownCost + (record.costUsd === undefined ? 1 : 0),
  };
}

/** Keeps the totals of the newest days, until the window closes. */
export class MemoryLedger implements UsageLedger {
  readonly #days = new Map<string, DayTotals>();

  add(record: UsageRecord): void {
    this.#days.set(record.day, addToDay(this.day(record.day), record));
    const oldest = this.#days.keys().next();
    if (this.#days.size > MOST_DAYS && !oldest.done) this.#days.delete(oldest.value);
  }

  day(day: string): DayTotals {
    return this.#days.get(day) ?? emptyDay(day);
  }
}

const MOST_DAYS = 40;

/**
 * Opens the real ledger when it is first needed and keeps the records until then. When it cannot be opened, `onFailure`
 * hears why and the records stay in memory.
 */
export class LazyLedger implements UsageLedger {
  readonly #open: () => Promise<UsageLedger>;
  readonly #onReady: (failure?: unknown) => void;
  readonly #held: UsageRecord[] = [];
  #ledger: UsageLedger | undefined;
  #opening = false;

  /** `onReady` is called once, with the failure if there was one. */
  constructor(open: () => Promise<UsageLedger>, onReady: (failure?: unknown) => void) {
    this.#open = open;
    this.#onReady = onReady;
  }

  add(record: UsageRecord): void {
    if (this.#ledger) {
      this.#ledger.add(record);
    } else {
      this.#held.push(record);
      this.#begin();
    }
  }

  day(day: string): DayTotals {
    if (this.#ledger) return this.#ledger.day(day);
    this.#begin();
    return this.#held.filter((record) => record.day === day).reduce(addToDay, emptyDay(day));
  }

  #begin(): void {
    if (this.#opening) return;
    this.#opening = true;
    this.#open().then(
      (ledger) => this.#use(ledger),
      (failure: unknown) => this.#use(new MemoryLedger(), failure),
    );
  }

  #use(ledger: UsageLedger, failure?: unknown): void {
    for (const record of this.#held.splice(0)) ledger.add(record);
    this.#ledger = ledger;
    this.#onReady(failure);
  }
}

/** The local calendar day of a wall-clock time. */
export function localDay(atMs: number): string {
  const date = new Date(atMs);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
