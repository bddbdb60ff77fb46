/** Which variants a request has, and so which settings; and the book of what came of them. */
import type { Disposable } from '../base/disposable.ts';
import { assign, experimentKey } from '../routing/experimentAssignment.ts';
import type { Experiment } from '../routing/experiments.ts';
import { MemoryTrials } from '../routing/memoryTrials.ts';
import type { TrialStore } from '../routing/trialStore.ts';
import { talkKey } from './conversation.ts';
import type { RouteRequest } from './request.ts';
import type { Settings } from './settings.ts';
import { TrialBook } from './trialBook.ts';
import type { Assigned, Trial, TrialsDeps } from './trials.ts';

interface Everywhere {
  readonly of: Settings;
  readonly stopped: string;
  readonly settings: Settings;
}

export class TrialRun implements Disposable {
  readonly book: TrialBook;
  /** Where results are kept. */
  readonly store: TrialStore;
  readonly #deps: TrialsDeps;
  #everywhere: Everywhere | undefined;

  private constructor(deps: TrialsDeps, store: TrialStore) {
    this.#deps = deps;
    this.store = store;
    this.book = new TrialBook({ ...deps, store });
  }

  /** Without a file that can be opened results are kept in memory, and `onFailure` is told. */
  static async open(deps: TrialsDeps): Promise<TrialRun> {
    return new TrialRun(deps, await openStore(deps));
  }

  /** See `Trials.settings`. */
  settings(): Settings {
    const own = this.#deps.settings();
    const wide = own.experiments.filter(isWide);
    if (wide.length === 0) return own;
    const stopped = wide.flatMap((experiment) => [...this.book.stopped(experiment)]).join('\n');
    const known = this.#everywhere;
    // The same object while nothing has changed: caches are kept by it.
    if (known?.of === own && known.stopped === stopped) return known.settings;
    const settings: Settings = Object.assign({ ...own }, ...wide.map((one) => this.#variant(one)?.settings));
    this.#everywhere = { of: own, stopped, settings };
    return settings;
  }

  /** See `Trials.of`. */
  of(request: RouteRequest): Trial | undefined {
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

  /** The variant that this installation always has. */
  readonly own = (experiment: Experiment): string | undefined =>
    experiment.per === 'person' ? this.#variant(experiment)?.name : undefined;

  dispose(): void {
    this.book.dispose();
  }

  #variant(experiment: Experiment, request?: RouteRequest) {
    const { digest, installation } = this.#deps;
    const unit =
      request !== undefined && experiment.per === 'request'
        ? [installation(), digest(contentOf(request))]
        : [installation()];
    return assign(experiment, unit, digest, this.book.stopped(experiment));
  }
}

async function openStore({ open, onFailure }: TrialsDeps): Promise<TrialStore> {
  try {
    return await open();
  } catch (error) {
    onFailure(error);
    return new MemoryTrials();
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
