/** Whole answers by what was asked. Only a complete answer is kept; a cached one is never stored again. */

import type { Clock } from '../base/clock.ts';
import { fingerprint, type Hasher } from '../cache/fingerprint.ts';
import { MemoryCache } from '../cache/memoryCache.ts';
import { PROMPT_VERSION } from '../prompt/taskPrompts.ts';
import { contentOf, repeatable } from './conversation.ts';
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
  /** Made with the first answer that is asked for. */
  #memory: { readonly cache: MemoryCache<Answer>; readonly madeFor: Settings } | undefined;

  constructor(deps: AnswerCacheDeps) {
    this.#deps = deps;
  }

  /**
   * `strongerThan` is a part of the key: 'ask stronger' is another request. `undefined`: no other request is the same as
   * this one.
   */
  key(request: RouteRequest, strongerThan: string | undefined = request.strongerThan): string | undefined {
    const { conversation } = request;
    if (conversation !== undefined && !repeatable(conversation)) return undefined;
    return this.#fingerprint(request, strongerThan);
  }

  /**
   * All but the instruction, for questions that are answered in words: two of one scope that are meant alike have one
   * answer. `undefined`: the answer goes into code, belongs to a talk, or is bound to what was not good enough.
   */
  scope(request: RouteRequest): string | undefined {
    const { code, conversation, history = [], form, instruction, strongerThan, task } = request;
    if (form === 'edit' || conversation !== undefined || strongerThan !== undefined) return undefined;
    if (!READ.has(task) || instruction.trim() === '') return undefined;
    if (code === undefined && history.length > 0) return undefined;
    const about = this.#fingerprint({ ...request, instruction: '' });
    return code === undefined ? `${FREE}${about}` : about;
  }

  #fingerprint(request: RouteRequest, strongerThan?: string): string {
    const { code, tiers = [] } = request;
    return fingerprint(
      {
        modelClass: `${this.#deps.modelClass()}|${strongerThan ?? ''}`,
        promptVersion: PROMPT_VERSION,
        task: `${request.task}|${request.form ?? ''}|${request.model ?? ''}|${tiers.join()}`,
        instruction: request.instruction,
        language: code?.language ?? '',
        code: code?.text ?? '',
        exact: request.form === 'edit',
        context: contextOf(request),
      },
      this.#deps.hash,
    );
  }

  /** Whether answers to this request are kept and given out again. */
  serves({ trial }: Pick<RouteRequest, 'trial'>): boolean {
    return (trial?.settings ?? this.#deps.settings())['cache.enabled'];
  }

  get(key: string): Answer | undefined {
    return this.#current().get(key);
  }

  /** As `get`, without counting as a use. */
  peek(key: string): Answer | undefined {
    return this.#current().peek(key);
  }

  /** A stronger answer also takes the place of the one that was not good enough. */
  store(request: RouteRequest, key: string, answer: Answer): void {
    if (!this.serves(request) || answer.receipt.stop !== 'complete') return;
    this.#current().set(key, answer);
    const plain = request.strongerThan === undefined ? undefined : this.key(request, '');
    if (plain !== undefined) this.#current().set(plain, answer);
  }

  clear(): void {
    this.#memory = undefined;
  }

  facts(): CacheFacts {
    const memory = this.#current();
    return {
      entries: memory.size,
      maxEntries: this.#deps.settings()['cache.maxEntries'],
      bytes: memory.bytes,
    };
  }

  /** New bounds start an empty cache; settings change seldom. */
  #current(): MemoryCache<Answer> {
    const settings = this.#deps.settings();
    const known = this.#memory;
    if (known?.madeFor === settings) return known.cache;
    const same = known !== undefined && BOUNDS.every((key) => settings[key] === known.madeFor[key]);
    const cache = same ? known.cache : this.#create(settings);
    this.#memory = { cache, madeFor: settings };
    return cache;
  }

  #create(settings: Settings): MemoryCache<Answer> {
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

/** Tasks whose answers are read, not written into a file. */
const READ: ReadonlySet<RouteRequest['task']> = new Set(['question', 'explain', 'review']);
/** As `CODE_FREE` of `cache/semanticIndex.ts`, which is in another chunk. */
const FREE = 'free:';

/** Each list with its length in front, so that one cannot pass for another. */
function contextOf({ code, history = [], conversation }: RouteRequest): string[] {
  const { fileName = '', symbol = '', before = '', after = '', problems = [] } = code ?? {};
  const talk = history.flatMap(({ asked, answer }) => [asked, answer]);
  const other = conversation === undefined ? [] : contentOf(conversation);
  return [fileName, symbol, before, after, `${problems.length}`, ...problems, ...talk, ...other];
}

const BOUNDS = ['cache.enabled', 'cache.maxEntries', 'cache.maxMegabytes', 'cache.ttlMinutes'] as const;
