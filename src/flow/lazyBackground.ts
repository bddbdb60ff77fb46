/** What is asked ahead: loaded after a first request, or a while after the start to warm what is asked often. */
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import type { Background } from './background.ts';
import type { Pipeline } from './pipeline.ts';
import type { Receipt, RouteRequest } from './request.ts';

export interface LazyBackgroundDeps {
  readonly clock: Clock;
  readonly pipeline: Pick<Pipeline, 'onPersonsRequest'>;
  readonly wanted: () => boolean;
  readonly open: () => Promise<Background>;
  readonly onFailure: (error: unknown) => void;
}

interface Served {
  readonly request: RouteRequest;
  readonly key: string | undefined;
  readonly receipt: Receipt;
}

/** Not while the editor starts. */
const AFTER_START_MS = 20_000;
/** Not while an answer is being shown, and several that come at once are one piece of work. */
const AFTER_ANSWER_MS = 250;
const MOST_HELD = 20;

export class LazyBackground implements Disposable {
  readonly #deps: LazyBackgroundDeps;
  readonly #bag = new DisposableBag();
  #current: Background | undefined;
  #loading: Promise<void> | undefined;
  #served: Served[] = [];
  #timer: Disposable | undefined;

  constructor(deps: LazyBackgroundDeps) {
    this.#deps = deps;
    this.#bag.add(deps.clock.after(AFTER_START_MS, () => this.#take()));
    this.#bag.add(
      deps.pipeline.onPersonsRequest(({ request, answered }) => {
        if (answered === undefined) {
          this.#current?.asked(request);
          return;
        }
        this.#served = [...this.#served.slice(1 - MOST_HELD), { request, ...answered }];
        this.#timer ??= deps.clock.after(AFTER_ANSWER_MS, () => this.#take());
      }),
    );
  }

  /** Absent until it is loaded. */
  get current(): Background | undefined {
    return this.#current;
  }

  /** A person types. */
  interrupt(): void {
    this.#current?.interrupt();
  }

  async clear(): Promise<void> {
    this.#served = [];
    this.#loading ??= this.#load();
    await this.#loading;
    this.#current?.clear();
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#bag.dispose();
  }

  #take(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    const level = this.#current;
    if (level !== undefined) {
      for (const { request, key, receipt } of this.#served.splice(0)) level.served(request, key, receipt);
    } else if (this.#deps.wanted()) this.#loading ??= this.#load();
    else this.#served = [];
  }

  async #load(): Promise<void> {
    try {
      this.#current = this.#bag.add(await this.#deps.open());
      this.#take();
    } catch (error) {
      this.#deps.onFailure(error);
    }
  }
}
