/** The commands of edits, and their part of the extension, which is loaded with the first edit. */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { LiveEdits } from './liveEdits.ts';

export class LazyEdits implements Disposable {
  readonly #clock: Clock;
  #loading: Promise<LiveEdits> | undefined;
  #loaded: LiveEdits | undefined;
  #disposed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** None before the first edit. */
  get loaded(): LiveEdits | undefined {
    return this.#loaded;
  }

  load(): Promise<LiveEdits> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  dispose(): void {
    this.#disposed = true;
    this.#loaded?.dispose();
  }

  async #load(): Promise<LiveEdits> {
    const { LiveEdits: Edits } = await import('./liveEdits.ts');
    const edits = new Edits(this.#clock);
    this.#loaded = edits;
    if (this.#disposed) edits.dispose();
    return edits;
  }
}

/** Lenses and hovers name the hunk that they mean; keys and the palette mean the active editor. */
export function liveEditCommands(edits: LazyEdits): Record<string, (argument: unknown) => unknown> {
  return {
    'sluice.acceptHunk': (hunk) => edits.loaded?.decide('accept', hunk),
    'sluice.rejectHunk': (hunk) => edits.loaded?.decide('reject', hunk),
    'sluice.acceptAllEdits': (edit) => edits.loaded?.decideAll('accept', edit),
    'sluice.rejectAllEdits': (edit) => edits.loaded?.decideAll('reject', edit),
    'sluice.nextHunk': () => edits.loaded?.go('next'),
    'sluice.previousHunk': () => edits.loaded?.go('previous'),
    'sluice.showEditDiff': (edit) => edits.loaded?.showDiff(edit),
  };
}
