/**
 * Experiments as requests meet them: which variants a request has, and so which settings. What comes of them is
 * counted by `trialBook.ts`, a chunk of its own.
 */
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import { Emitter } from '../base/event.ts';
import type { ModelInfo } from '../routing/catalogue.ts';
import { assign, type Digest, type Experiment, experimentKey } from '../routing/experiments.ts';
import type { Outcome } from '../routing/outcomes.ts';
import type { TrialStore } from '../routing/trialStore.ts';
import { talkKey } from './conversation.ts';
import type { Receipt, RouteRequest } from './request.ts';
import type { Settings } from './settings.ts';
import type { TrialBook } from './trialBook.ts';

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
  #book: TrialBook | undefined;
  #loading: Promise<TrialBook> | undefined;
  #store: TrialStore | undefined;
  #everywhere: { readonly of: Settings; readonly stopped: string; readonly settings: Settings } | undefined;

  constructor(deps: TrialsDeps) {
    this.#deps = deps;
  }

  /** Fires when results have been loaded. */
  onChange(listener: () => void): Disposable {
    return this.#changed.on(listener);
  }

  /** Absent until something has needed it. */
  get book(): TrialBook | undefined {
    return this.#book;
  }

  /** No experiment is declared: nothing need be asked. */
  get none(): boolean {
    return this.#deps.settings().experiments.length === 0;
  }

  /** The person's settings, with what this installation tries out for everything that is asked. */
  settings(): Settings {
    const own = this.#deps.settings();
    const wide = own.experiments.filter(isWide);
    if (wide.length === 0) return own;
    const stopped = wide.flatMap((experiment) => [...(this.#stopped(experiment) ?? [])]).join('\n');
    const known = this.#everywhere;
    // The same object while nothing has changed: caches are kept by it.
    if (known?.of === own && known.stopped === stopped) return known.settings;
    const settings: Settings = Object.assign({ ...own }, ...wide.map((one) => this.#variant(one)?.settings));
    this.#everywhere = { of: own, stopped, settings };
    return settings;
  }

  /** What acts on this request; undefined: it takes part in nothing. */
  async of(request: RouteRequest): Promise<Trial | undefined> {
    if (this.none) return undefined;
    // A variant that was stopped before the editor was closed must not come back for one request.
    await this.load();
    return this.peek(request);
  }

  /** As `of`, by what is known already. */
  peek(request: RouteRequest): Trial | undefined {
    const experiments = this.#deps
      .settings()
      .experiments.filter(({ tasks }) => tasks === undefined || tasks.includes(request.task));
    if (experiments.length === 0) return undefined;
    const assigned: Assigned[] = [];
    let settings = this.settings();
    for (const experiment of experiments) {
      const variant = this.#variant(experiment, request);
      if (variant === undefined) continue;
      settings = { ...settings, ...variant.settings };
      const key = experimentKey(experiment, this.#deps.digest);
      assigned.push({ experiment: experiment.name, variant: variant.name, key });
    }
    return { settings, assigned };
  }

  /** Hears of every receipt. */
  answered(receipt: Receipt): void {
    if (this.#book) this.#book.answered(receipt);
    else void this.load().then((book) => book.answered(receipt));
  }

  /** Hears of everything that becomes of an answer. */
  happened(outcome: Outcome): void {
    if (this.#book) this.#book.happened(outcome);
    else void this.load().then((book) => book.happened(outcome));
  }

  /** The variant that this installation always has. */
  readonly own = (experiment: Experiment): string | undefined =>
    experiment.per === 'person' ? this.#variant(experiment)?.name : undefined;

  load(): Promise<TrialBook> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  /** Where results are kept; loads it. */
  async store(): Promise<TrialStore> {
    await this.load();
    return this.#store ?? this.#open();
  }

  dispose(): void {
    this.#owned.dispose();
    this.#changed.dispose();
  }

  async #load(): Promise<TrialBook> {
    const { TrialBook: Loaded } = await import('./trialBook.ts');
    const { clock, digest, settings, models, factor } = this.#deps;
    const store = await this.#open();
    this.#store = store;
    this.#book = this.#owned.add(new Loaded({ store, clock, digest, settings, models, factor }));
    this.#changed.fire();
    return this.#book;
  }

  async #open(): Promise<TrialStore> {
    try {
      return await this.#deps.open();
    } catch (error) {
      this.#deps.onFailure(error);
      const { MemoryTrials } = await import('../routing/memoryTrials.ts');
      return new MemoryTrials();
    }
  }

  #variant(experiment: Experiment, request?: RouteRequest) {
    const { digest, installation } = this.#deps;
    const unit =
      request !== undefined && experiment.per === 'request'
        ? [installation(), digest(contentOf(request))]
        : [installation()];
    return assign(experiment, unit, digest, this.#stopped(experiment));
  }

  #stopped(experiment: Experiment): ReadonlySet<string> | undefined {
    return this.#book?.stopped(experiment);
  }
}

/** One variant for everything that is asked here. */
function isWide({ per, tasks }: Experiment): boolean {
  return per === 'person' && tasks === undefined;
}

/** What makes two requests equal here; a talk is one request, so that it does not change sides. */
function contentOf({ task, instruction, code, form, conversation }: RouteRequest): readonly string[] {
  if (conversation !== undefined) return [talkKey(conversation)];
  return [task, form ?? '', instruction, code?.language ?? '', code?.text ?? ''];
}
