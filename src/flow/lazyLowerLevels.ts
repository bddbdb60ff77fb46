/** The cache levels below the memory, opened with the first miss, and others in their place when the settings say so. */
import type { Disposable } from '../base/disposable.ts';
import type { LowerLevels } from '../cache/tieredCache.ts';

type Opened = LowerLevels & Disposable;

const NONE: Opened = { levels: [], holder: '', dispose: () => undefined };

export class LazyLowerLevels implements Disposable {
  readonly #open: () => Promise<Opened>;
  readonly #onFailure: (error: unknown) => void;
  #opening: Promise<Opened> | undefined;
  #current: Opened | undefined;
  /** Counts how often others were meant. */
  #turn = 0;
  #disposed = false;

  /** `onFailure` hears why there are none. */
  constructor(open: () => Promise<Opened>, onFailure: (error: unknown) => void) {
    this.#open = open;
    this.#onFailure = onFailure;
  }

  /** Absent until something has needed them. */
  get current(): LowerLevels | undefined {
    return this.#current;
  }

  /** Without a promise once they are open. */
  readonly get = (): LowerLevels | Promise<LowerLevels> => {
    if (this.#current !== undefined) return this.#current;
    this.#opening ??= this.#opened();
    return this.#opening;
  };

  /** Other ones are meant from now on; they are opened when they are needed. */
  reopen(): void {
    const before = this.#opening;
    this.#turn += 1;
    this.#opening = undefined;
    this.#current = undefined;
    void before?.then((levels) => levels.dispose());
  }

  dispose(): void {
    this.#disposed = true;
    this.#current?.dispose();
  }

  /** Never rejects: without lower levels the memory goes on alone. */
  async #opened(): Promise<Opened> {
    const turn = this.#turn;
    try {
      const levels = await this.#open();
      // Others are meant by now: these end, see `reopen`.
      if (turn === this.#turn) this.#current = levels;
      if (this.#disposed) levels.dispose();
      return levels;
    } catch (error) {
      this.#onFailure(error);
      return NONE;
    }
  }
}
