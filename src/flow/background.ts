/**
 * What is asked before the person does: frequent requests whose answers have gone (warming), and what is usually asked next
 * (prefetch). Only with spare quota and inside a budget, one at a time, cancelled by every key and every request; each kind
 * stops by itself when too few of its answers are used. Units: milliseconds, USD.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { isCancellation, SluiceError } from '../base/errors.ts';
import { STRATEGIES } from '../cache/strategies.ts';
import type { Decision } from '../routing/decision.ts';
import {
  type AheadState,
  emptyAhead,
  judged,
  KINDS,
  noteSent,
  noteStopped,
  noteUsed,
  parseAhead,
  spentOn,
  switchedOff,
} from './aheadCounts.ts';
import { strategyOf } from './answerCache.ts';
import { AskedLog } from './askedLog.ts';
import type { Answer, Receipt, RouteRequest } from './request.ts';
import type { BackgroundView } from './reuseViews.ts';
import type { Settings } from './settings.ts';

export type AheadKind = 'warming' | 'prefetch';

export interface BackgroundDeps {
  readonly clock: Clock;
  readonly settings: () => Pick<Settings, 'cache.enabled' | 'background.enabled' | 'background.usdPerDay'>;
  /** Sends as any door does. */
  readonly run: (request: RouteRequest, signal: AbortSignal) => Promise<Answer>;
  /** What would be chosen; throws as `Dispatcher.preview`. */
  readonly preview: (request: RouteRequest) => Decision;
  readonly keyOf: (request: RouteRequest) => string | undefined;
  /** Whether a cache level has it. */
  readonly known: (key: string, request: RouteRequest, signal: AbortSignal) => Promise<boolean>;
  /** Requests that are under way. */
  readonly running: () => number;
  /** Whether a model's limits are expected to have quota to spare. */
  readonly spare: (modelKey: string) => boolean;
  /** The local calendar day of a moment. */
  readonly day: (atMs: number) => string;
  readonly store: { read(): Promise<unknown>; write(state: unknown): void };
}

/** After a request or a key: then nobody is waited for. */
const QUIET_MS = 3_000;
const WARM_FIRST_MS = 30_000;
const WARM_EVERY_MS = 3_600_000;
const MOST_WARMED = 5;
const MOST_NEXT = 3;

interface Wanted {
  readonly kind: AheadKind;
  readonly request: RouteRequest;
}

export class Background implements Disposable {
  readonly #deps: BackgroundDeps;
  readonly #log: AskedLog;
  #state: AheadState;
  #wanted: Wanted[] = [];
  #abort: AbortController | undefined;
  /** Of the request that is under way. */
  #key: string | undefined;
  #joined = false;
  #quiet: Disposable | undefined;
  #warm: Disposable | undefined;

  private constructor(deps: BackgroundDeps, saved: unknown) {
    this.#deps = deps;
    const { log, ahead } =
      typeof saved === 'object' && saved !== null ? { log: undefined, ahead: undefined, ...saved } : {};
    this.#log = new AskedLog(log);
    this.#state = parseAhead(ahead) ?? emptyAhead();
    this.#warm = deps.clock.after(WARM_FIRST_MS, () => this.#warmUp());
  }

  static async open(deps: BackgroundDeps): Promise<Background> {
    return new Background(deps, await deps.store.read());
  }

  /** A person asks: what is under way gives way, unless it is the very same. */
  asked(request: RouteRequest): void {
    if (this.#key === undefined || this.#deps.keyOf(request) !== this.#key) this.interrupt();
    else this.#joined = true;
  }

  /** A person types: what is under way gives way. */
  interrupt(): void {
    this.#abort?.abort(new DOMException('the person comes first', 'AbortError'));
    this.#quiet?.dispose();
    this.#quiet = this.#wanted.length === 0 ? undefined : this.#later();
  }

  /** A person's request has its answer. */
  served(request: RouteRequest, key: string | undefined, receipt: Receipt): void {
    if (key === undefined || receipt.stop !== 'complete') return;
    const nowMs = this.#deps.clock.now();
    if (receipt.cache !== 'none') this.#state = noteUsed(this.#state, key);
    const learns = this.#on && (receipt.billing === 'subscription' || this.#budgetUsd > 0);
    if (learns) {
      this.#log.note(request, key, nowMs);
      this.#wanted = this.#log.next(request, MOST_NEXT).map((next) => ({ kind: 'prefetch', request: next }));
    }
    if (this.#wanted.length > 0) {
      this.#quiet?.dispose();
      this.#quiet = this.#later();
    }
    this.#keep();
  }

  facts(): BackgroundView {
    const nowMs = this.#deps.clock.now();
    const kinds = KINDS.map((kind) => {
      const { sent, used, usd } = this.#state.kinds[kind];
      return { kind, sent, used, usd, off: switchedOff(this.#state, kind, nowMs) };
    });
    return {
      on: this.#on,
      budgetUsd: this.#budgetUsd,
      spentTodayUsd: spentOn(this.#state, this.#deps.day(nowMs)),
      kinds,
      newest: this.#state.newest,
    };
  }

  /** Forgets what was asked; what was spent stays. */
  clear(): void {
    this.#log.clear();
    this.#wanted = [];
    this.#keep();
  }

  dispose(): void {
    this.#warm?.dispose();
    this.#quiet?.dispose();
    this.#abort?.abort(new DOMException('the window closes', 'AbortError'));
  }

  get #on(): boolean {
    const settings = this.#deps.settings();
    return settings['cache.enabled'] && settings['background.enabled'];
  }

  get #budgetUsd(): number {
    return this.#deps.settings()['background.usdPerDay'];
  }

  #later(): Disposable {
    return this.#deps.clock.after(QUIET_MS, () => void this.#work());
  }

  #warmUp(): void {
    const frequent = this.#log.frequent(MOST_WARMED, this.#deps.clock.now());
    const warmed = frequent.filter(({ request }) => STRATEGIES[strategyOf(request)].warmOnStart);
    this.#wanted = [...this.#wanted, ...warmed.map(({ request }): Wanted => ({ kind: 'warming', request }))];
    this.#warm = this.#deps.clock.after(WARM_EVERY_MS, () => this.#warmUp());
    if (this.#wanted.length > 0) void this.#work();
  }

  /** One after the other, until somebody wants something. */
  async #work(): Promise<void> {
    if (this.#abort !== undefined || this.#deps.running() > 0) return;
    const abort = new AbortController();
    this.#abort = abort;
    try {
      for (let next = this.#wanted.shift(); next !== undefined; next = this.#wanted.shift()) {
        if (this.#on && !this.#joined) await this.#ask(next, abort.signal);
      }
    } catch (error) {
      // What was left is not worth a second try: the person has moved on, or the platform cannot.
      this.#wanted = [];
      if (!isCancellation(error, abort.signal) && !SluiceError.any(error)) throw error;
    } finally {
      this.#abort = undefined;
      this.#key = undefined;
      this.#joined = false;
      this.#keep();
    }
  }

  async #ask({ kind, request: wanted }: Wanted, signal: AbortSignal): Promise<void> {
    const { clock, keyOf, known, preview, run, spare, day } = this.#deps;
    this.#state = judged(this.#state, clock.now());
    const request: RouteRequest = { ...wanted, priority: 'low', ahead: kind };
    const key = keyOf(request);
    if (key === undefined || switchedOff(this.#state, kind, clock.now())) return;
    if (await known(key, request, signal)) return;
    signal.throwIfAborted();
    const { chosen } = preview(request);
    const free = chosen.billing === 'subscription' || chosen.estimatedUsd === 0;
    const today = day(clock.now());
    const left = this.#budgetUsd - spentOn(this.#state, today);
    if (!free && (chosen.estimatedUsd === undefined || chosen.estimatedUsd > left)) return;
    if (!spare(chosen.modelKey)) return;
    this.#key = key;
    this.#joined = false;
    const { receipt } = await run(request, signal).catch((error: unknown) => {
      // A platform charges for what it was asked; how much of it nobody says.
      const usd = free || !signal.aborted ? 0 : (chosen.estimatedUsd ?? 0);
      this.#state = noteStopped(this.#state, kind, usd, today);
      throw error;
    });
    const usd = receipt.costUsd ?? chosen.estimatedUsd ?? 0;
    const row = { kind, key, task: request.task, model: receipt.model, usd, atMs: clock.now() };
    this.#state = noteSent(this.#state, { ...row, simulated: receipt.simulated }, today);
    if (this.#joined) this.#state = noteUsed(this.#state, key);
  }

  #keep(): void {
    this.#deps.store.write({ version: 1, log: this.#log.toJSON(), ahead: this.#state });
  }
}
