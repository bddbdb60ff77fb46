/**
 * Who tells problems of documents, as this session has seen it: how long a word is worth waiting for, and whether all that a
 * document holds has been told. Units: milliseconds, monotonic.
 */
import type { Clock } from '../base/clock.ts';

/** A language server that has nothing to say by then is not waited for. */
export const WORD_LIMIT_MS = 5_000;
/** Words differ in how long they take: twice the slowest of the last ones, but never less than this. */
const LEAST_WAIT_MS = 1_500;
const ENOUGH_WORDS = 3;
const MOST_WORDS = 20;
/** One that has just begun tells in pieces: what breaks the grammar first, what needs the whole project much later. */
const WARM_MS = 10_000;
const QUIET_MS = 1_000;

interface Told {
  readonly firstMs: number;
  readonly lastMs: number;
}

export class ServerSpeech {
  readonly #clock: Clock;
  /** By the addresses of open documents. */
  readonly #documents = new Map<string, Told>();
  /** How long the first word after a change took, newest last, by the languages that anyone has spoken of. */
  readonly #languages = new Map<string, readonly number[]>();
  /** Languages for whose documents a word was waited for in vain. */
  readonly #mute = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Somebody has told the problems of a document, or that it has none. */
  told(uri: string, language: string): void {
    const lastMs = this.#clock.monotonic();
    this.#documents.set(uri, { firstMs: this.#documents.get(uri)?.firstMs ?? lastMs, lastMs });
    if (!this.#languages.has(language)) this.#languages.set(language, []);
  }

  closed(uri: string): void {
    this.#documents.delete(uri);
  }

  /** The first word after a change came so late. */
  took(language: string, ms: number): void {
    this.#languages.set(language, [...(this.#languages.get(language) ?? []), ms].slice(-MOST_WORDS));
  }

  /** Nobody said a word within `WORD_LIMIT_MS`. */
  saidNothing(language: string): void {
    this.#mute.add(language);
  }

  /** 0: nobody here speaks of such documents, as far as was seen. */
  waitMs(language: string): number {
    const words = this.#languages.get(language);
    if (words === undefined) return this.#mute.has(language) ? 0 : WORD_LIMIT_MS;
    if (words.length < ENOUGH_WORDS) return WORD_LIMIT_MS;
    return Math.min(WORD_LIMIT_MS, Math.max(LEAST_WAIT_MS, 2 * Math.max(...words)));
  }

  /** Whether what is told of a document now is all that can be told of it; else more may come without any change. */
  isSettled(uri: string): boolean {
    const told = this.#documents.get(uri);
    const nowMs = this.#clock.monotonic();
    return told !== undefined && nowMs - told.firstMs >= WARM_MS && nowMs - told.lastMs >= QUIET_MS;
  }
}
