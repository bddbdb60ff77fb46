/**
 * The way of one request: fingerprint → memory → single flight → lower cache levels → semantic level → dispatcher → receipt →
 * metrics → caches. Every door sends its requests through here. Units: milliseconds.
 */
import { failureIn } from '../base/check.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { SluiceError } from '../base/errors.ts';
import { Emitter } from '../base/event.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { SingleFlight } from '../base/singleFlight.ts';
import type { LowerLevel } from '../cache/cacheStore.ts';
import type { Lease } from '../cache/lease.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Decision } from '../routing/decision.ts';
import type { AnswerCache } from './answerCache.ts';
import type { AnswerPlace } from './answerPlace.ts';
import type { Cascade } from './cascade.ts';
import type { Dispatcher } from './dispatcher.ts';
import { factsOf, measuredOf } from './measured.ts';
import { receiptOf, requestId, sparedReceipt } from './receipts.ts';
import type { Answer, AnswerEvent, AnsweredFor, PersonsRequest, Receipt, RouteRequest } from './request.ts';
import type { Similar } from './similar.ts';
import type { Assigned, Trials } from './trials.ts';

export interface PipelineDeps {
  readonly dispatcher: Dispatcher;
  readonly cache: AnswerCache;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Asked when no exact level has the answer. */
  readonly similar?: Similar;
  /** Checks what is not shown before its end, and goes up; loaded when first needed. Absent: nothing is checked. */
  readonly cascade?: () => Promise<Cascade>;
  /** Whether a request that does not say so itself is held until it was checked; absent: none is. */
  readonly holds?: (request: RouteRequest) => boolean;
  /** As it will be sent: what is held has its plan. Absent: as it is. */
  readonly planned?: (request: RouteRequest) => RouteRequest;
  /** Absent: no experiments. */
  readonly trials?: Trials;
}

type Emit = (event: AnswerEvent) => void;
type Place = AnswerPlace | undefined;

/** Receipts that are kept for the dashboard and 'Show Last Routing Decision'. */
const RECENT = 50;

export class Pipeline implements Disposable {
  readonly #deps: PipelineDeps;
  readonly #flights = new SingleFlight<AnswerEvent, Answer>();
  readonly #changed = new Emitter<void>();
  readonly #answered = new Emitter<Receipt>();
  readonly #persons = new Emitter<PersonsRequest>();
  readonly #recent: Receipt[] = [];

  constructor(deps: PipelineDeps) {
    this.#deps = deps;
  }

  /** Fires when a request starts or ends. */
  onChange(listener: () => void): Disposable {
    return this.#changed.on(listener);
  }

  /** Fires with the receipt of each call that a platform answered. */
  onAnswer(listener: (receipt: Receipt) => void): Disposable {
    return this.#answered.on(listener);
  }

  /** Fires when a person's request begins, and again when it has its answer. */
  onPersonsRequest(listener: (event: PersonsRequest) => void): Disposable {
    return this.#persons.on(listener);
  }

  /** Calls that are under way at the platforms. */
  get running(): number {
    return this.#flights.size;
  }

  /** Newest first. */
  get recent(): readonly Receipt[] {
    return this.#recent;
  }

  /** An answer, perhaps a part of one (`receipt.stop`). Rejects with a `SluiceError`, or with the signal's reason. */
  run(asked: RouteRequest, emit: Emit, signal: AbortSignal): Promise<Answer> {
    return this.runAt(undefined, asked, emit, signal);
  }

  /** An answer that is held until it was checked is tried at `place`, and may stand there when this resolves. */
  async runAt(place: Place, asked: RouteRequest, emit: Emit, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted();
    const { cache, clock, random, trials } = this.#deps;
    if (asked.ahead === undefined) this.#persons.fire({ request: asked });
    const startedMs = clock.monotonic();
    const trial = trials?.none === false && !asked.benchmark ? await trials.of(asked) : undefined;
    const request = trial === undefined ? asked : { ...asked, trial };
    const held = request.held ?? this.#deps.holds?.(request) ?? false;
    const run = { id: requestId(random), startedMs, clock, trial: trial?.assigned, held, place };
    const opening = cache.open();
    if (opening) await opening;
    const key = asked.benchmark ? undefined : cache.key(request);
    const mayKnow = key !== undefined && request.freshness !== 'fresh' && cache.serves(request);
    const known = mayKnow ? cache.getNow(key, request) : undefined;
    if (known) return this.#told(request, key, this.#serve(known, 'memory', request, run, emit));
    const own = key === undefined || (held && place !== undefined);
    const flight = own ? `once ${run.id}` : request.freshness === 'fresh' ? `fresh ${key}` : key;
    const start = (say: Emit, abort: AbortSignal) => this.#find(request, key, run, say, abort);
    const { result, leader } = await this.#flights.join(flight, start, emit, signal);
    if (leader) return this.#told(request, key, result);
    const receipt = sparedReceipt(result.receipt, 'joined', run);
    this.#record(receipt, request);
    return this.#told(request, key, { ...result, receipt });
  }

  #told(request: RouteRequest, key: string | undefined, answer: Answer): Answer {
    if (request.ahead === undefined)
      this.#persons.fire({ request, answered: { key, receipt: answer.receipt } });
    return answer;
  }

  /** What `run` would choose now, or did choose for the answer that the cache holds. Throws as `Dispatcher.preview`. */
  preview(asked: RouteRequest): { readonly decision: Decision; readonly cached: boolean } {
    const { cache, dispatcher, planned, trials } = this.#deps;
    const trial = trials?.current?.of(asked);
    const request = trial === undefined ? asked : { ...asked, trial };
    const key = request.freshness === 'fresh' ? undefined : cache.key(request);
    const known = key === undefined ? undefined : cache.peek(key);
    const decision = known?.receipt.decision ?? dispatcher.preview(planned?.(request) ?? request);
    return { decision, cached: known !== undefined };
  }

  /** No promise in here: a hit is answered in microseconds. */
  #serve(
    known: Answer,
    level: 'memory' | LowerLevel | 'similar',
    request: RouteRequest,
    run: RunFacts,
    emit: Emit,
    answeredFor?: AnsweredFor,
  ): Answer {
    emit({ kind: 'routed', decision: known.receipt.decision });
    emit({ kind: 'text', text: known.text });
    const spared = sparedReceipt(known.receipt, level, run);
    const receipt = answeredFor === undefined ? spared : { ...spared, answeredFor };
    this.#record(receipt, request, known.receipt.totalMs);
    return { text: known.text, receipt };
  }

  /** What a lower level knows, or another window is asking already; else it is sent. */
  async #find(
    request: RouteRequest,
    key: string | undefined,
    run: RunFacts,
    emit: Emit,
    signal: AbortSignal,
  ): Promise<Answer> {
    const { cache } = this.#deps;
    if (key === undefined || request.freshness === 'fresh' || !cache.serves(request))
      return this.#send(request, key, run, emit, signal);
    const found = await cache.find(key, request, signal);
    if (found) return this.#serve(found.value, found.level, request, run, emit);
    const near = await this.#similar(request, run, emit, signal);
    if (near) return near;
    const claim = await cache.claim(key, request, signal);
    if (claim?.found) return this.#serve(claim.found.value, claim.found.level, request, run, emit);
    try {
      return await this.#send(request, key, run, emit, signal, claim);
    } catch (error) {
      await claim?.release();
      throw error;
    }
  }

  /** Not stored under its own key: the answer to a near question of a near question would be another one. */
  async #similar(
    request: RouteRequest,
    run: RunFacts,
    emit: Emit,
    signal: AbortSignal,
  ): Promise<Answer | undefined> {
    const near = await this.#deps.similar?.find(request, signal);
    if (near === undefined) return undefined;
    signal.throwIfAborted();
    const { question, chance } = near;
    near.served(run.id);
    return this.#serve(near.answer, 'similar', request, run, emit, { question, chance });
  }

  /** `lease`: others wait for this answer; they find it, or may ask themselves, once it is stored. */
  async #send(
    request: RouteRequest,
    key: string | undefined,
    run: RunFacts,
    emit: Emit,
    signal: AbortSignal,
    lease?: Lease,
  ): Promise<Answer> {
    const { cascade, log } = this.#deps;
    this.#changed.fire();
    try {
      const answer =
        run.held && cascade !== undefined
          ? await this.#checked(await cascade(), request, run, emit, signal)
          : await this.#once(request, run, emit, signal);
      const { receipt } = answer;
      const good = failureIn(receipt.checks ?? []) === undefined;
      // Nobody waits for the lower levels.
      if (key !== undefined && good) void this.#store(request, key, answer, lease);
      else await lease?.release();
      log.info('answered', factsOf(receipt));
      return answer;
    } catch (error) {
      if (SluiceError.any(error)) log.warn('not answered', { task: request.task, code: error.code });
      throw error;
    } finally {
      this.#changed.fire();
    }
  }

  async #once(request: RouteRequest, run: RunFacts, emit: Emit, signal: AbortSignal): Promise<Answer> {
    const sent = await this.#deps.dispatcher.send(request, emit, signal);
    const receipt = receiptOf(sent, request, run);
    this.#record(receipt, request);
    this.#answered.fire(receipt);
    return {
      text: sent.text,
      receipt,
      ...(sent.toolCalls.length === 0 ? {} : { toolCalls: sent.toolCalls }),
      ...(sent.failure ? { failure: sent.failure } : {}),
    };
  }

  /** Each attempt is counted by itself, all of them together are shown. */
  async #checked(
    cascade: Cascade,
    request: RouteRequest,
    { id, startedMs, trial, place }: RunFacts,
    emit: Emit,
    signal: AbortSignal,
  ): Promise<Answer> {
    const onSpent = (receipt: Receipt) => this.spent(receipt, request);
    const answer = await cascade.run(request, { id, startedMs, trial, emit, onSpent, place }, signal);
    this.#remember(answer.receipt);
    return answer;
  }

  /** A call whose answer is not shown by itself: an attempt, or a check that asked a model. */
  spent(receipt: Receipt, request: RouteRequest): void {
    this.#deps.metrics.record(measuredOf(receipt, request));
    this.#answered.fire(receipt);
  }

  async #store(request: RouteRequest, key: string, answer: Answer, lease?: Lease): Promise<void> {
    const { cache, similar } = this.#deps;
    try {
      await cache.store(request, key, answer, lease);
      const kept = answer.receipt.stop === 'complete' && cache.serves(request);
      if (kept) similar?.kept(request, key, answer.receipt.atMs);
    } finally {
      await lease?.release();
    }
  }

  /** Aborts what runs: the window closes. */
  dispose(): void {
    this.#flights.abortAll(new DOMException('the window closes', 'AbortError'));
    this.#changed.dispose();
    this.#answered.dispose();
    this.#persons.dispose();
  }

  #record(receipt: Receipt, request: RouteRequest, savedMs?: number): void {
    this.#deps.metrics.record(measuredOf(receipt, request, savedMs));
    // What nobody has asked for is shown elsewhere, with all that was asked ahead.
    if (request.ahead === undefined) this.#remember(receipt);
    else this.#changed.fire();
  }

  #remember(receipt: Receipt): void {
    if (!receipt.benchmark) this.#deps.trials?.answered(receipt);
    this.#recent.unshift(receipt);
    if (this.#recent.length > RECENT) this.#recent.pop();
    this.#changed.fire();
  }
}

interface RunFacts {
  readonly id: string;
  readonly startedMs: number;
  readonly clock: Clock;
  readonly trial: readonly Assigned[] | undefined;
  readonly held: boolean;
  readonly place: Place;
}
