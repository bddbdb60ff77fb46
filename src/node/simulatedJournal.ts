/** What the simulated platform did: counts, models and outcomes, never text. Units: tokens, HTTP status codes. */
import type { SimulatedWire } from './simulatedScript.ts';
import type { Flaw } from './simulatedSkills.ts';

export type Outcome =
  | 'running'
  | 'answered'
  /** Refused for a true reason: token, limits, unknown model, a malformed request. */
  | 'refused'
  /** A fault of the script was played. */
  | 'faulted'
  /** The client closed the connection before the end. */
  | 'cancelled';

export interface JournalEntry {
  readonly wire: SimulatedWire;
  /** Empty where the request names none. */
  readonly model: string;
  readonly streamed: boolean;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** 0 while there is none yet. */
  readonly status: number;
  readonly outcome: Outcome;
  /** What is wrong with the answer on purpose; absent: nothing. */
  readonly flaw?: Flaw;
}

export interface OpenEntry {
  note(facts: Partial<JournalEntry>): void;
  end(outcome: Exclude<Outcome, 'running'>, status: number): void;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Older ones are forgotten. */
const MAX_ENTRIES = 2_000;

export class Journal {
  readonly #entries: JournalEntry[] = [];
  #running = 0;
  #waiting: (() => void)[] = [];

  get entries(): readonly JournalEntry[] {
    return this.#entries.map((entry) => ({ ...entry }));
  }

  /** The entry is kept up to date through what is returned; `end` is to be called exactly once. */
  begin(wire: SimulatedWire): OpenEntry {
    const entry: Writable<JournalEntry> = {
      wire,
      model: '',
      streamed: false,
      inputTokens: 0,
      outputTokens: 0,
      status: 0,
      outcome: 'running',
    };
    this.#entries.push(entry);
    if (this.#entries.length > MAX_ENTRIES) this.#entries.shift();
    this.#running++;
    const note = (facts: Partial<JournalEntry>) => void Object.assign(entry, facts);
    return {
      note,
      end: (outcome, status) => {
        note({ outcome, status });
        this.#running--;
        if (this.#running === 0) for (const resolve of this.#waiting.splice(0)) resolve();
      },
    };
  }

  /** Resolves when no request is being answered. */
  idle(): Promise<void> {
    return this.#running === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }
}
