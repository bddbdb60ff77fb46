/**
 * Whole answers by what was asked, over all cache levels. Only a complete answer is kept; a cached one is never stored
 * again as new.
 */
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { type CacheHappening, dropFor } from '../cache/cacheEvents.ts';
import type { Drop, FileUse, LowerLevel } from '../cache/cacheStore.ts';
import { CodeDigests, fingerprint, type Hasher } from '../cache/fingerprint.ts';
import type { Claim, Lease } from '../cache/lease.ts';
import { type CacheableFacts, STRATEGIES } from '../cache/strategies.ts';
import type { Finding, LowerLevels, MemoryFacts, TieredCache } from '../cache/tieredCache.ts';
import { PROMPT_VERSION } from '../prompt/taskPrompts.ts';
import { cacheableFacts, contentOf } from './conversation.ts';
import { type Answer, type RouteRequest, staysHere } from './request.ts';
import type { Settings } from './settings.ts';

const BYTES_PER_MB = 1_048_576;
const MS_PER_MINUTE = 60_000;
const MS_PER_HOUR = 3_600_000;
/** JavaScript strings take up to two bytes a character; the receipt around the text about a kilobyte. */
const BYTES_PER_CHAR = 2;
const RECEIPT_BYTES = 1_024;
/** What an answer is worth that costs no money, or nobody knows how much: 0.36 USD for an hour of waiting. */
const USD_PER_MS = 1e-7;

/** The levels that outlive the window, and how answers are read there. */
export interface LowerAnswers {
  readonly levels: () => LowerLevels | Promise<LowerLevels>;
  /** `undefined`: it is no answer of ours. */
  readonly read: (text: string) => Answer | undefined | Promise<Answer | undefined>;
  /** Names the open workspace; empty: none. */
  readonly scope: () => string;
}

export interface AnswerCacheDeps {
  readonly hash: Hasher;
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: () => Settings;
  /** Names the models that may answer. */
  readonly modelClass: () => string;
  /** Absent: memory alone. */
  readonly lower?: LowerAnswers;
  /** What holds the answers; loaded with the first request. */
  readonly load: () => Tiered | Promise<Tiered>;
}

type Tiered = typeof TieredCache;

export interface CacheFacts extends MemoryFacts {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

export class AnswerCache {
  readonly #deps: AnswerCacheDeps;
  readonly #digests: CodeDigests;
  #tiered: Tiered | undefined;
  /** Made with the first answer that is asked for. */
  #answers: { readonly cache: TieredCache<Answer>; readonly madeFor: Settings } | undefined;

  constructor(deps: AnswerCacheDeps) {
    this.#deps = deps;
    this.#digests = new CodeDigests(deps.hash);
  }

  /** Since the first request. */
  get isOpen(): boolean {
    return this.#tiered !== undefined;
  }

  /** To be waited for before the first request: without it nothing is known. `undefined`: it is done. */
  open(): Promise<void> | undefined {
    if (this.#tiered !== undefined) return undefined;
    const loading = this.#deps.load();
    if (loading instanceof Promise) return loading.then((tiered) => this.#use(tiered));
    this.#use(loading);
    return undefined;
  }

  /**
   * `strongerThan` is a part of the key: 'ask stronger' is another request. `undefined`: no other request is the same as
   * this one.
   */
  key(request: RouteRequest, strongerThan: string | undefined = request.strongerThan): string | undefined {
    const { conversation } = request;
    const { cacheable } = STRATEGIES[strategyOf(request)];
    if (!cacheable(conversation === undefined ? NO_FACTS : cacheableFacts(conversation))) return undefined;
    return this.#fingerprint(request, strongerThan);
  }

  /**
   * All but the instruction, for questions that are answered in words: two of one scope that are meant alike have one
   * answer. `undefined`: the answer goes into code, belongs to a talk, or is bound to what was not good enough.
   */
  questionScope(request: RouteRequest): string | undefined {
    const { code, conversation, history = [], form, instruction, strongerThan, task } = request;
    if (form === 'edit' || conversation !== undefined || strongerThan !== undefined) return undefined;
    if (!READ.has(task) || instruction.trim() === '') return undefined;
    if (code === undefined && history.length > 0) return undefined;
    const about = this.#fingerprint({ ...request, instruction: '' });
    return code === undefined ? `${FREE}${about}` : about;
  }

  #fingerprint(request: RouteRequest, strongerThan?: string): string {
    const { code, tiers = [] } = request;
    const here = staysHere(request) ? '|here' : '';
    return fingerprint(
      {
        modelClass: `${this.#deps.modelClass()}|${strongerThan ?? ''}`,
        promptVersion: PROMPT_VERSION,
        task: `${request.task}|${request.form ?? ''}|${request.model ?? ''}|${tiers.join()}${here}`,
        instruction: request.instruction,
        language: code?.language ?? '',
        code: code?.text ?? '',
        strictness: STRATEGIES[strategyOf(request)].code,
        context: contextOf(request),
      },
      this.#deps.hash,
      this.#digests,
    );
  }

  /** Whether answers to this request are kept and given out again. */
  serves({ trial }: Pick<RouteRequest, 'trial'>): boolean {
    return (trial?.settings ?? this.#deps.settings())['cache.enabled'];
  }

  /** From memory, without a promise in between. */
  getNow(key: string, request: RouteRequest): Answer | undefined {
    return this.#current()?.getNow(key, this.#filesOf(request))?.value;
  }

  /** As `getNow`, without counting as a use. */
  peek(key: string): Answer | undefined {
    return this.#current()?.peek(key);
  }

  /** Out of any level, for whoever does not ask for this very request: the memory counts it for nothing. */
  async known(key: string, request: RouteRequest, signal: AbortSignal): Promise<Answer | undefined> {
    const near = this.#current()?.peekNow(key, this.#filesOf(request));
    return near ?? (await this.find(key, request, signal))?.value;
  }

  /** From the levels below the memory. */
  find(key: string, request: RouteRequest, signal: AbortSignal): Finding<Answer> {
    return this.#shares(request) ? this.#current()?.find(key, this.#filesOf(request), signal) : undefined;
  }

  /** The right to ask for it, or the answer to another window's question that was the same. `undefined`: nobody shares. */
  async claim(key: string, request: RouteRequest, signal: AbortSignal): Promise<Claim<Answer> | undefined> {
    return this.#shares(request) ? this.#current()?.claim(key, this.#filesOf(request), signal) : undefined;
  }

  /** A stronger answer also takes the place of the one that was not good enough. In memory at once. */
  async store(request: RouteRequest, key: string, answer: Answer, lease?: Lease): Promise<void> {
    const { receipt } = answer;
    if (!this.serves(request) || receipt.stop !== 'complete' || receipt.cache !== 'none') return;
    const about = {
      scope: this.scope,
      model: receipt.modelKey,
      savesUsd: (receipt.costUsd ?? 0) + receipt.totalMs * USD_PER_MS,
      files: this.#filesOf(request),
      strategy: strategyOf(request),
      near: staysHere(request),
      ttlMs: this.#deps.settings()['cache.diskHours'] * MS_PER_HOUR,
    };
    const cache = this.#current();
    const plain = request.strongerThan === undefined ? undefined : this.key(request, '');
    await Promise.all([
      cache?.keep(key, answer, about, lease),
      plain === undefined ? undefined : cache?.keep(plain, answer, about),
    ]);
  }

  /** Names the open workspace; empty: none. */
  get scope(): string {
    return this.#deps.lower?.scope() ?? '';
  }

  /** Where `level` is absent, in all levels. Rejects where a level cannot do it. */
  async drop(what: Drop, level?: 'memory' | LowerLevel): Promise<void> {
    await this.open();
    if (level === undefined || level === 'memory') this.#current()?.dropNow(what);
    if (level === 'memory') return;
    const { levels = [] } = (await this.#deps.lower?.levels()) ?? {};
    const meant = levels.filter((below) => level === undefined || below.level === level);
    const dropped = await Promise.allSettled(meant.map((below) => below.drop(what)));
    for (const one of dropped) if (one.status === 'rejected') throw one.reason;
  }

  /**
   * What came from another model or another file goes from all levels. Before the first request nothing is opened for it:
   * what ends with its file is looked at again when it is found. Rejects where a level cannot do it.
   */
  async happened(event: CacheHappening): Promise<void> {
    const what = this.#tiered === undefined ? undefined : dropFor(event);
    if (what !== undefined) await this.drop(what);
  }

  facts(): CacheFacts {
    const settings = this.#deps.settings();
    const facts = this.#current()?.facts() ?? NOTHING_YET;
    return {
      ...facts,
      maxEntries: settings['cache.maxEntries'],
      maxBytes: maxBytesOf(settings),
    };
  }

  /** The levels below may be a whole team's: what must not leave this machine goes to none of them. */
  #shares(request: RouteRequest): boolean {
    return this.#deps.lower !== undefined && this.serves(request) && !staysHere(request);
  }

  /** What of files an answer rests on, if it is to end with them. */
  #filesOf({ code }: RouteRequest): readonly FileUse[] {
    const file = code?.file;
    return file === undefined || this.#deps.settings()['cache.boundTo'] !== 'file' ? NO_FILES : [file];
  }

  /** New bounds start an empty memory; settings change seldom. */
  #current(): TieredCache<Answer> | undefined {
    const tiered = this.#tiered;
    if (tiered === undefined) return undefined;
    const settings = this.#deps.settings();
    const known = this.#answers;
    if (known?.madeFor === settings) return known.cache;
    const same = known !== undefined && BOUNDS.every((key) => settings[key] === known.madeFor[key]);
    const cache = same ? known.cache : this.#create(tiered, settings);
    this.#answers = { cache, madeFor: settings };
    return cache;
  }

  #use(tiered: Tiered): void {
    this.#tiered = tiered;
  }

  #create(Tiered: Tiered, settings: Settings): TieredCache<Answer> {
    const { clock, random, lower } = this.#deps;
    return new Tiered<Answer>({
      strategies: ['answers', 'edits'],
      clock,
      random,
      limits: {
        maxEntries: settings['cache.maxEntries'],
        maxBytes: maxBytesOf(settings),
        ttlMs: settings['cache.ttlMinutes'] * MS_PER_MINUTE,
      },
      sizeOf: (answer) => answer.text.length * BYTES_PER_CHAR + RECEIPT_BYTES,
      encode: (answer) => JSON.stringify(withoutTraces(answer)),
      decode: (text) => lower?.read(text),
      lower: lower?.levels,
    });
  }
}

/** Tasks whose answers are read, not written into a file. */
const READ: ReadonlySet<RouteRequest['task']> = new Set(['question', 'explain', 'review']);
/** As `CODE_FREE` of `cache/semanticIndex.ts`, which is in another chunk. */
const FREE = 'free:';
/** What was learned from the words of the question, and whose experiment it was, goes no further than this window. */
function withoutTraces({ text, receipt }: Answer): Answer {
  const { trial: _trial, ...rest } = receipt;
  const { words: _words, shape: _shape, repository: _repository, ...features } = rest.decision.features;
  return { text, receipt: { ...rest, decision: { ...rest.decision, features } } };
}

export function strategyOf({ form }: RouteRequest): 'answers' | 'edits' {
  return form === 'edit' ? 'edits' : 'answers';
}

function maxBytesOf(settings: Settings): number {
  return settings['cache.maxMegabytes'] * BYTES_PER_MB;
}

const NOTHING_YET: MemoryFacts = { hits: 0, misses: 0, entries: 0, bytes: 0, evictions: 0 };
const NO_FILES: readonly FileUse[] = [];
const NO_FACTS: CacheableFacts = {};

/** Each list with its length in front, so that one cannot pass for another. */
function contextOf({ code, history = [], conversation }: RouteRequest): string[] {
  const { fileName = '', symbol = '', before = '', after = '', problems = [] } = code ?? {};
  const talk = history.flatMap(({ asked, answer }) => [asked, answer]);
  const other = conversation === undefined ? [] : contentOf(conversation);
  return [fileName, symbol, before, after, `${problems.length}`, ...problems, ...talk, ...other];
}

const BOUNDS = ['cache.enabled', 'cache.maxEntries', 'cache.maxMegabytes', 'cache.ttlMinutes'] as const;
