/**
 * Experiments as the pipeline meets them. What they do to a request and what comes of them is a chunk of its own
 * (`trialRun.ts`), loaded with the first request where one is declared, and after the first answer otherwise.
 */
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import { Emitter } from '../base/event.ts';
import type { ModelInfo } from '../routing/catalogue.ts';
import type { Digest } from '../routing/experimentAssignment.ts';
import type { Outcome } from '../routing/outcomes.ts';
import type { TrialStore } from '../routing/trialStore.ts';
import type { Receipt, RouteRequest } from './request.ts';
import type { Settings } from './settings.ts';
import type { TrialRun } from './trialRun.ts';

/** One experiment that a request takes part in. */
export interface Assigned {
  readonly experiment: string;
  readonly variant: string;
  /** `experimentKey`: what its results are kept under. */
  readonly key: string;
}

/** What acts on one request. */
export interface Trial {
  readonly settings: Settings;
  readonly assigned: readonly Assigned[];
}

export interface TrialsDeps {
  /** The person's own. */
  readonly settings: () => Settings;
  /** Names this installation; made once and kept. */
  readonly installation: () => string;
  readonly digest: Digest;
  readonly clock: Clock;
  readonly models: () => readonly ModelInfo[];
  readonly factor: (model: ModelInfo) => number;
  /** Throws `storage-unusable`; the results of this window are then kept in memory. */
  readonly open: () => Promise<TrialStore>;
  readonly onFailure: (error: unknown) => void;
}

export class Trials implements Disposable {
  readonly #deps: TrialsDeps;
  readonly #owned = new DisposableBag();
  readonly #changed = new Emitter<void>();
  #run: TrialRun | undefined;
  #loading: Promise<TrialRun> | undefined;

  constructor(deps: TrialsDeps) {
    this.#deps = deps;
  }

  /** Fires when results have been loaded. */
  onChange(listener: () => void): Disposable {
    return this.#changed.on(listener);
  }

  /** Absent until something has needed it. */
  get current(): TrialRun | undefined {
    return this.#run;
  }

  /** No experiment is declared: nothing need be asked. */
  get none(): boolean {
    return this.#deps.settings().experiments.length === 0;
  }

  /** The person's settings, with what this installation tries out for everything that is asked. */
  settings(): Settings {
    return this.#run?.settings() ?? this.#deps.settings();
  }

  /** What acts on this request; undefined: it takes part in nothing. */
  async of(request: RouteRequest): Promise<Trial | undefined> {
    // A variant that was stopped before the editor was closed must not come back for one request.
    return this.none ? undefined : (await this.load()).of(request);
  }

  /** Hears of every receipt. */
  answered(receipt: Receipt): void {
    this.#tell((run) => run.book.answered(receipt));
  }

  /** Hears of everything that becomes of an answer. */
  happened(outcome: Outcome): void {
    this.#tell((run) => run.book.happened(outcome));
  }

  load(): Promise<TrialRun> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  dispose(): void {
    this.#owned.dispose();
    this.#changed.dispose();
  }

  #tell(what: (run: TrialRun) => void): void {
    if (this.#run) what(this.#run);
    else void this.load().then(what);
  }

  async #load(): Promise<TrialRun> {
    const { TrialRun: Loaded } = await import('./trialRun.ts');
    this.#run = this.#owned.add(await Loaded.open(this.#deps));
    this.#changed.fire();
    return this.#run;
  }
}
