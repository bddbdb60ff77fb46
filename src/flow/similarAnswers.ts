/**
 * The semantic level in the way of a request: after every exact level has missed, the answer to a question about the same
 * code (or about none) that was meant alike. It holds questions; the answers stay in the exact levels, and where one has
 * gone there (its time, its file, its model), its question goes here too.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { type SemanticHit, SemanticIndex, type SemanticLimits } from '../cache/semanticIndex.ts';
import { wasmIn } from '../cache/vectorSearch.ts';
import { VerifierModel } from '../cache/verifierModel.ts';
import { verifierEvidence, verifierWeights } from '../cache/verifierWeights.ts';
import type { OutcomeFacts } from '../routing/outcomes.ts';
import type { Answer, RouteRequest } from './request.ts';
import type { SimilarView } from './reuseViews.ts';
import type { Settings } from './settings.ts';
import type { SimilarAnswer } from './similar.ts';

/** The key is that of the exact levels. */
export interface KeptQuestion {
  readonly key: string;
  readonly scope: string;
  readonly question: string;
  readonly atMs: number;
}

/** What a person did with an answer to a similar question. */
export interface KeptVerdict {
  readonly kind: SemanticHit['kind'];
  readonly score: number;
  readonly verdict: 'right' | 'wrong';
  readonly atMs: number;
}

/** On this machine; lives longer than the window. Each list is oldest first. */
export interface QuestionStore extends Disposable {
  questions(): readonly KeptQuestion[];
  verdicts(): readonly KeptVerdict[];
  keep(question: KeptQuestion): void;
  forget(key: string): void;
  judged(verdict: KeptVerdict): void;
  /** Of questions; verdicts are kept. */
  clear(): void;
}

export interface SimilarDeps {
  readonly clock: Clock;
  readonly settings: () => Pick<Settings, 'cache.enabled' | 'cache.semantic.maxWrongPercent'>;
  /** What the question is about; undefined: its answer serves no other question. */
  readonly scopeOf: (request: RouteRequest) => string | undefined;
  /** Out of the exact levels, whichever has it, as long as the request's file is as it was. */
  readonly answerOf: (
    key: string,
    request: RouteRequest,
    signal: AbortSignal,
  ) => Promise<Answer | undefined> | Answer | undefined;
  /** Absent: nothing outlives the window. */
  readonly store?: QuestionStore;
  /** Where `WebAssembly` is looked for: `globalThis`. */
  readonly host: object;
}

export const SIMILAR_LIMITS: SemanticLimits = {
  maxEntries: 2_000,
  maxPerScope: 32,
  maxQuestionLength: 500,
};

/** Of the nearest, so many may turn out to have lost their answer before the search is given up. */
const MOST_TRIES = 3;
/** Answers of which may still become known what the person did with them. */
const MOST_SERVED = 100;

interface Served extends Pick<SemanticHit, 'kind' | 'score'> {
  readonly request: RouteRequest;
}

export class SimilarAnswers implements Disposable {
  readonly #deps: SimilarDeps;
  readonly #index: SemanticIndex;
  readonly #served = new Map<string, Served>();
  #asked = 0;
  #hits = 0;
  #expectedWrong = 0;
  #judgedRight = 0;
  #askedAnyway = 0;
  #savedUsd: number | undefined;
  #savedMs = 0;

  constructor(deps: SimilarDeps) {
    this.#deps = deps;
    const model = VerifierModel.unpack(verifierWeights);
    const parts = { model, evidence: verifierEvidence, limits: SIMILAR_LIMITS, wasm: wasmIn(deps.host) };
    this.#index = new SemanticIndex(parts, this.#bound);
    for (const { key, scope, question } of deps.store?.questions() ?? [])
      this.#index.restore(key, question, scope);
    for (const { verdict, ...hit } of deps.store?.verdicts() ?? []) this.#index.learn(hit, verdict);
  }

  /** Counts as asked only what a similar question could answer at all. */
  async find(request: RouteRequest, signal: AbortSignal): Promise<SimilarAnswer | undefined> {
    const asked = request.freshness === 'cached' && request.ahead === undefined;
    const scope = asked ? this.#scopeOf(request) : undefined;
    if (scope === undefined) return undefined;
    this.#index.bound = this.#bound;
    this.#asked += 1;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const hit = this.#index.lookup(request.instruction, scope);
      if (hit === undefined) return undefined;
      const answer = await this.#deps.answerOf(hit.entryId, request, signal);
      if (answer !== undefined) return this.#found(request, hit, answer);
      this.#forget(hit.entryId);
    }
    return undefined;
  }

  kept(request: RouteRequest, key: string, atMs: number): void {
    const scope = this.#scopeOf(request);
    const { instruction: question } = request;
    if (scope === undefined || question.length > SIMILAR_LIMITS.maxQuestionLength) return;
    this.#index.insert(key, question, scope);
    this.#deps.store?.keep({ key, scope, question, atMs });
  }

  /** Asked anyway: it was no answer to this. Copied or used: it was. Anything else says neither; each counts once. */
  happened(receiptId: string, kind: OutcomeFacts['kind']): void {
    const hit = this.#served.get(receiptId);
    const verdict = VERDICTS[kind];
    if (hit === undefined || verdict === undefined) return;
    this.#served.delete(receiptId);
    if (verdict === 'wrong') this.#askedAnyway += 1;
    else this.#judgedRight += 1;
    this.#index.learn(hit, verdict);
    const { kind: about, score } = hit;
    this.#deps.store?.judged({ kind: about, score, verdict, atMs: this.#deps.clock.now() });
  }

  /** What was asked where the answer to a similar question came; of the newest hits, and only until one is judged. */
  requestOf(receiptId: string): RouteRequest | undefined {
    return this.#served.get(receiptId)?.request;
  }

  /** Makes at most `count` restored questions ready to be found; returns how many are left. */
  build(count: number): number {
    return this.#index.build(count);
  }

  /** Forgets all questions; what people said of earlier hits stays. */
  clear(): void {
    for (const { entryId } of [...this.#index.entries()]) this.#index.remove(entryId);
    this.#deps.store?.clear();
  }

  facts(): SimilarView {
    return {
      maxWrong: this.#bound,
      asked: this.#asked,
      hits: this.#hits,
      entries: this.#index.size,
      maxEntries: SIMILAR_LIMITS.maxEntries,
      ...(this.#hits === 0 ? {} : { expectedWrong: this.#expectedWrong / this.#hits }),
      askedAnyway: this.#askedAnyway,
      accepted: this.#judgedRight,
      ...(this.#savedUsd === undefined ? {} : { savedUsd: this.#savedUsd }),
      savedMs: this.#savedMs,
    };
  }

  dispose(): void {
    this.#deps.store?.dispose();
  }

  #found(request: RouteRequest, hit: SemanticHit, answer: Answer): SimilarAnswer {
    const { kind, score, question, probability: chance } = hit;
    const served = (receiptId: string) => {
      this.#hits += 1;
      this.#expectedWrong += 1 - chance;
      const { costUsd, billing, totalMs } = answer.receipt;
      if (costUsd !== undefined && billing === undefined) this.#savedUsd = (this.#savedUsd ?? 0) + costUsd;
      this.#savedMs += totalMs;
      this.#served.set(receiptId, { kind, score, request });
      const [oldest] = this.#served.keys();
      if (this.#served.size > MOST_SERVED && oldest !== undefined) this.#served.delete(oldest);
    };
    return { answer, question, chance, served };
  }

  #forget(key: string): void {
    this.#index.remove(key);
    this.#deps.store?.forget(key);
  }

  #scopeOf(request: RouteRequest): string | undefined {
    const on = this.#deps.settings()['cache.enabled'] && this.#bound > 0;
    return on ? this.#deps.scopeOf(request) : undefined;
  }

  get #bound(): number {
    return this.#deps.settings()['cache.semantic.maxWrongPercent'] / 100;
  }
}

const VERDICTS: Partial<Record<OutcomeFacts['kind'], KeptVerdict['verdict']>> = {
  'asked-fresh': 'wrong',
  copied: 'right',
  used: 'right',
};
