/** Levels of this window alone. Its time is the monotonic clock: nobody can set it. Units: milliseconds. */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { type Book, emptyBook } from './book.ts';
import { newVerdict } from './decide.ts';
import type { LevelStore, Operation, Outcome } from './levelStore.ts';
import { applyOperation } from './operations.ts';

export class MemoryLevels implements LevelStore {
  readonly shared = false;
  readonly #clock: Clock;
  readonly #books = new Map<string, Book>();
  readonly #verdict = newVerdict();
  /** Book time less monotonic time: books that come from elsewhere bring their own time. */
  readonly #offsetMs = new Map<string, number>();

  constructor(clock: Clock, books: Iterable<readonly [platform: string, book: Book]> = []) {
    this.#clock = clock;
    for (const [platform, book] of books) {
      this.#books.set(platform, book);
      this.#offsetMs.set(platform, book.atMs - clock.monotonic());
    }
  }

  run(platform: string, operation: Operation): Outcome {
    let book = this.#books.get(platform);
    if (book === undefined) {
      book = emptyBook();
      this.#books.set(platform, book);
    }
    return applyOperation(book, operation, this.nowMs(platform), this.#verdict);
  }

  book(platform: string): Book | undefined {
    return this.#books.get(platform);
  }

  platforms(): readonly string[] {
    return [...this.#books.keys()];
  }

  nowMs(platform: string): number {
    return this.#clock.monotonic() + (this.#offsetMs.get(platform) ?? 0);
  }

  onChange(): Disposable {
    return { dispose: () => undefined };
  }

  dispose(): void {
    this.#books.clear();
  }
}
