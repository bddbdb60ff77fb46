/** What is learned from outcomes, loaded when a request first asks or an outcome first teaches. */
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import type { LessonStore } from '../routing/lessons.ts';
import type { Learning, LearningDeps } from './learning.ts';
import type { Outcomes } from './outcomes.ts';

export interface LazyLearningDeps extends Omit<LearningDeps, 'store'> {
  readonly outcomes: Pick<Outcomes, 'onJudged'>;
  readonly open: () => Promise<LessonStore>;
  /** Hears why nothing can be kept; what is learned then holds for this window. */
  readonly onFailure: (error: unknown) => void;
  /** False: the person wants nothing learned; what is known does not count. */
  readonly wanted: () => boolean;
}

export class LazyLearning implements Disposable {
  readonly #deps: LazyLearningDeps;
  readonly #owned = new DisposableBag();
  #current: Learning | undefined;
  #loading: Promise<Learning> | undefined;

  constructor(deps: LazyLearningDeps) {
    this.#deps = deps;
    this.#owned.add(
      deps.outcomes.onJudged(({ receipt, outcome }) => {
        if (deps.wanted()) void this.#load().then((learning) => learning.happened(receipt, outcome));
      }),
    );
  }

  /** Absent until something has needed it. */
  get current(): Learning | undefined {
    return this.#deps.wanted() ? this.#current : undefined;
  }

  /** With what other windows have learned until now. */
  async get(): Promise<Learning | undefined> {
    if (!this.#deps.wanted()) return undefined;
    const learning = await this.#load();
    learning.sync();
    return learning;
  }

  /** Of all windows, for good; also where learning is off. */
  async forget(): Promise<void> {
    (await this.#load()).forget();
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #load(): Promise<Learning> {
    this.#loading ??= this.#open();
    return this.#loading;
  }

  async #open(): Promise<Learning> {
    const { clock, qualityOf, onDrift, believed, open, onFailure } = this.#deps;
    const { Learning: Loaded } = await import('./learning.ts');
    const store = await open().catch((error: unknown) => {
      onFailure(error);
      return undefined;
    });
    this.#current = new Loaded({
      clock,
      qualityOf,
      ...(onDrift === undefined ? {} : { onDrift }),
      ...(believed === undefined ? {} : { believed }),
      ...(store === undefined ? {} : { store }),
    });
    return this.#current;
  }
}
