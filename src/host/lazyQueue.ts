/** The queue of deferred questions, loaded when one is queued, or at once when an earlier window left some. */
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import { QUEUED_TASKS } from '../flow/deferredTask.ts';
import type { QueuedTasks, QueuedTasksDeps } from './queuedTasks.ts';

export class LazyQueue implements Disposable {
  readonly #bag = new DisposableBag();
  readonly get: () => Promise<QueuedTasks>;
  #begun: Promise<QueuedTasks> | undefined;

  constructor(deps: QueuedTasksDeps) {
    this.get = () => {
      this.#begun ??= import('./queuedTasks.ts').then((chunk) => this.#bag.add(new chunk.QueuedTasks(deps)));
      return this.#begun;
    };
    // Not while the extension starts.
    if (deps.state.get(QUEUED_TASKS) !== undefined) this.#bag.add(deps.clock.after(0, () => void this.get()));
  }

  /** Resolves when nothing is being written any more: a window that closes waits for it. */
  async kept(): Promise<void> {
    await (await this.#begun)?.kept();
  }

  dispose(): void {
    this.#bag.dispose();
  }
}
