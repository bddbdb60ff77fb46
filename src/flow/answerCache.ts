/** Whole answers by what was asked. Only a complete answer is kept; a cached one is never stored again. */

import type { Clock } from '../base/clock.ts';
import { fingerprint, type Hasher } from '../cache/fingerprint.ts';
import { MemoryCache } from '../cache/memoryCache.ts';
import { PROMPT_VERSION } from '../prompt/taskPrompts.ts';
import type { Answer, RouteRequest } from './request.ts';
import type { Settings } from './settings.ts';

const BYTES_PER_MB = 1_048_576;
const MS_PER_MINUTE = 60_000;
/** JavaScript strings take up to two bytes a character; the receipt around the text about a kilobyte. */
const BYTES_PER_CHAR = 2;
const RECEIPT_BYTES = 1_024;

export interface AnswerCacheDeps {
  readonly hash: Hasher;
  readonly clock: Clock;
  readonly settings: () => Settings;
  /** Names the models that may answer. */
  readonly modelClass: () => string;
}

export interface CacheFacts {
  readonly entries: number;
  readonly maxEntries: number;
  readonly bytes: number;
}

export class AnswerCache {
  readonly #deps: AnswerCacheDeps;
  #memory: MemoryCache<Answer>;
  #madeFor: Settings;

  constructor(deps: AnswerCacheDeps) {
    this.#deps = deps;
    this.#madeFor = deps.settings();
    this.#memory = this.#create();
  }

  /** `strongerThan` is a part of the key: 'ask stronger' is another request. */
  key(request: RouteRequest, strongerThan: string | undefined = request.strongerThan): string {
    const { code } = request;
    return fingerprint(
      {
        modelClass: `${this.#deps.modelClass()}|${strongerThan ?? ''}`,
        promptVersion: PROMPT_VERSION,
        task: request.task,
        instruction: request.instruction,
        language: code?.language ?? '',
        code: code?.text ?? '',
        context: [code?.fileName ?? '', code?.symbol ?? '', ...(code?.problems ?? [])],
      },
      this.#deps.hash,
    );
  }

  get(key: string): Answer | undefined {
    return this.#current().get(key);
  }

  /** A stronger answer also takes the place of the one that was not good enough. */
  store(request: RouteRequest, key: string, answer: Answer): void {
    if (!this.#deps.settings()['cache.enabled'] || answer.receipt.stop !== 'complete') return;
    this.#current().set(key, answer);
    if (request.strongerThan !== undefined) this.#current().set(this.key(request, ''), answer);
  }

  clear(): void {
    this.#memory.clear();
  }

  facts(): CacheFacts {
    const memory = this.#current();
    return { entries: memory.size, maxEntries: this.#madeFor['cache.maxEntries'], bytes: memory.bytes };
  }

  /** New bounds start an empty cache; settings change seldom. */
  #current(): MemoryCache<Answer> {
    const settings = this.#deps.settings();
    if (settings !== this.#madeFor && BOUNDS.some((key) => settings[key] !== this.#madeFor[key])) {
      this.#memory = this.#create();
    }
    this.#madeFor = settings;
    return this.#memory;
  }

  #create(): MemoryCache<Answer> {
    const settings = this.#deps.settings();
    return new MemoryCache<Answer>(
      {
        maxEntries: settings['cache.maxEntries'],
        maxBytes: settings['cache.maxMegabytes'] * BYTES_PER_MB,
        ttlMs: settings['cache.ttlMinutes'] * MS_PER_MINUTE,
      },
      (answer) => answer.text.length * BYTES_PER_CHAR + RECEIPT_BYTES,
      this.#deps.clock,
    );
  }
}

const BOUNDS = ['cache.enabled', 'cache.maxEntries', 'cache.maxMegabytes', 'cache.ttlMinutes'] as const;
