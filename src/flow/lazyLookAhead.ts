/** The look ahead, loaded when a limit first changes or a request first asks; kept in a store. Units: milliseconds. */
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import { throttle } from '../base/throttle.ts';
import type { Quota } from '../quota/quota.ts';
import type { AdaptationSettings } from './adaptation.ts';
import type { LookAhead } from './lookAhead.ts';
import type { Settings } from './settings.ts';

export interface LazyLookAheadDeps {
  readonly quota: Quota;
  readonly clock: Clock;
  readonly settings: () => Pick<Settings, 'quota.events' | keyof AdaptationSettings>;
  readonly store: KeyedStore;
}

/** VS Code's global state is one. */
export interface KeyedStore {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const KEY = 'sluice.lookAhead';

const WATCH_EVERY_MS = 1_000;
const KEEP_EVERY_MS = 30_000;

export class LazyLookAhead implements Disposable {
  readonly #deps: LazyLookAheadDeps;
  readonly #owned = new DisposableBag();
  readonly #load = async () => {
    const { LookAhead: Loaded } = await import('./lookAhead.ts');
    const { clock, settings, store } = this.#deps;
    this.#current = new Loaded({ clock, settings, events: () => settings()['quota.events'] }, store.get(KEY));
    return this.#current;
  };
  #current: LookAhead | undefined;
  #loading: Promise<LookAhead> | undefined;

  constructor(deps: LazyLookAheadDeps) {
    this.#deps = deps;
    const keep = this.#owned.add(throttle(() => this.#keep(), KEEP_EVERY_MS, deps.clock));
    const watch = async () => {
      const ahead = await this.get();
      ahead.watch(deps.quota.states());
      keep.request();
    };
    const watching = this.#owned.add(throttle(() => void watch(), WATCH_EVERY_MS, deps.clock));
    this.#owned.add(deps.quota.onChange(() => watching.request()));
  }

  /** Absent until something has needed it. */
  get current(): LookAhead | undefined {
    return this.#current;
  }

  get(): Promise<LookAhead> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  dispose(): void {
    this.#owned.dispose();
    this.#keep();
  }

  #keep(): void {
    if (this.#current) void this.#deps.store.update(KEY, this.#current.toJSON());
  }
}
