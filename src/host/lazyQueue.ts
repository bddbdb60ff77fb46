/** The queue of deferred questions, loaded when one is queued, or at once when an earlier window left some. */
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import { once } from '../base/once.ts';
import { QUEUED_TASKS } from '../flow/deferredTask.ts';
import type { QueuedTasks, QueuedTasksDeps } from './queuedTasks.ts';

export class LazyQueue implements Disposable {
  readonly #bag = new DisposableBag();
  readonly get: () => Promise<QueuedTasks>;

  constructor(deps: QueuedTasksDeps) {
    this.get = once(async () => {
      const { QueuedTasks: Loaded } = await import('./queuedTasks.ts');
      return this.#bag.add(new Loaded(deps));
    });
    // Not while the extension starts.
    if (deps.state.get(QUEUED_TASKS) !== undefined) this.#bag.add(deps.clock.after(0, () => void this.get()));
  }

  dispose(): void {
    this.#bag.dispose();
  }
}
