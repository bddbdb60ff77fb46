/** What the pipeline asks of the semantic level, and the level itself once a first request has had it loaded. */
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import type { OutcomeFacts } from '../routing/outcomes.ts';
import type { Answer, RouteRequest } from './request.ts';
import type { SimilarAnswers } from './similarAnswers.ts';

/** The whole answer to a question that was meant alike. */
export interface SimilarAnswer {
  readonly answer: Answer;
  /** What the answer was for. */
  readonly question: string;
  /** That it serves this question too, in [0, 1]. */
  readonly chance: number;
  /** To be called when it is shown, with the receipt that what becomes of it will name. */
  readonly served: (receiptId: string) => void;
}

export interface Similar {
  /** Undefined: nothing known is near enough. Rejects only with the signal's reason. */
  find(request: RouteRequest, signal: AbortSignal): Promise<SimilarAnswer | undefined> | undefined;
  /** A whole answer is in the cache under this key. */
  kept(request: RouteRequest, key: string, atMs: number): void;
}

export interface LazySimilarDeps {
  readonly clock: Clock;
  /** Reads the weights (some 40 ms of work) and the questions kept by former windows. */
  readonly open: () => Promise<SimilarAnswers>;
  readonly onFailure: (error: unknown) => void;
}

/** After the first request, not while it is being sent. */
const LOAD_AFTER_MS = 1_500;
/** Restored questions are made ready in slices of about 2 ms. */
const SLICE = 20;
const BETWEEN_SLICES_MS = 30;
const MOST_HELD = 20;

export class LazySimilar implements Similar, Disposable {
  readonly #deps: LazySimilarDeps;
  readonly #bag = new DisposableBag();
  #current: SimilarAnswers | undefined;
  #loading: Promise<SimilarAnswers | undefined> | undefined;
  #timer: Disposable | undefined;
  /** What came before the level was there. */
  #held: ((level: SimilarAnswers) => void)[] = [];

  constructor(deps: LazySimilarDeps) {
    this.#deps = deps;
  }

  /** Absent until it is loaded. */
  get current(): SimilarAnswers | undefined {
    return this.#current;
  }

  find(request: RouteRequest, signal: AbortSignal): Promise<SimilarAnswer | undefined> | undefined {
    if (this.#current === undefined) this.#loadSoon();
    return this.#current?.find(request, signal);
  }

  kept(request: RouteRequest, key: string, atMs: number): void {
    this.#pass((level) => level.kept(request, key, atMs));
  }

  happened(receiptId: string, kind: OutcomeFacts['kind']): void {
    this.#current?.happened(receiptId, kind);
  }

  clear(): void {
    this.#held = [];
    if (this.#current === undefined) void this.get().then((level) => level?.clear());
    else this.#current.clear();
  }

  /** Loads it now; undefined when that failed, which was told. */
  get(): Promise<SimilarAnswers | undefined> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  dispose(): void {
    this.#bag.dispose();
  }

  #pass(row: (level: SimilarAnswers) => void): void {
    if (this.#current !== undefined) row(this.#current);
    else {
      this.#held = [...this.#held.slice(1 - MOST_HELD), row];
      this.#loadSoon();
    }
  }

  #loadSoon(): void {
    if (this.#loading !== undefined) return;
    this.#timer ??= this.#bag.add(this.#deps.clock.after(LOAD_AFTER_MS, () => void this.get()));
  }

  async #load(): Promise<SimilarAnswers | undefined> {
    try {
      const level = this.#bag.add(await this.#deps.open());
      this.#current = level;
      for (const row of this.#held) row(level);
      this.#held = [];
      this.#build(level);
      return level;
    } catch (error) {
      this.#held = [];
      this.#deps.onFailure(error);
      return undefined;
    }
  }

  #build(level: SimilarAnswers): void {
    if (level.build(SLICE) === 0) return;
    this.#bag.add(this.#deps.clock.after(BETWEEN_SLICES_MS, () => this.#build(level)));
  }
}
