/**
 * The semantic level of the answer cache: finds the entry whose question was meant alike, and how likely that is. It holds
 * questions, never answers, and serves nothing without the evidence that keeps the share of wrong hits under the bound.
 */
import { VectorSearch, type WasmHost } from './vectorSearch.ts';
import { type Kind, type Prepared, Verifier, type VerifierEvidence } from './verifier.ts';
import type { VerifierModel } from './verifierModel.ts';

/** Scopes of questions without code begin like this. Any other scope names the code that its questions are about. */
export const CODE_FREE = 'free:';

export interface SemanticHit {
  readonly entryId: string;
  /** What the answer was for, to be shown beside it. */
  readonly question: string;
  /** That it serves the new question too, in [0, 1]. */
  readonly probability: number;
  /** What `learn` wants to hear with the verdict. */
  readonly kind: Kind;
  readonly score: number;
}

export interface SemanticLimits {
  readonly maxEntries: number;
  /** Questions about one and the same code; all of them are compared. */
  readonly maxPerScope: number;
  /** A longer question is neither kept nor found. Characters. */
  readonly maxQuestionLength: number;
}

export const SEMANTIC_LIMITS: SemanticLimits = {
  maxEntries: 10_000,
  maxPerScope: 32,
  maxQuestionLength: 500,
};

export interface SemanticDeps {
  readonly model: VerifierModel;
  readonly evidence: VerifierEvidence;
  readonly limits: SemanticLimits;
  /** `globalThis.WebAssembly`, where there is one. */
  readonly wasm: WasmHost | undefined;
}

interface Entry {
  readonly question: string;
  readonly scopeKey: string;
}

/** How many of the nearest free questions the verifier looks at. */
const CANDIDATES = 8;

export class SemanticIndex {
  readonly #limits: SemanticLimits;
  readonly #verifier: Verifier;
  readonly #wasm: WasmHost | undefined;
  /** Of each scope without code. */
  readonly #vectors = new Map<string, VectorSearch>();
  /** From least to most recently used. */
  readonly #entries = new Map<string, Entry>();
  readonly #scopes = new Map<string, Set<string>>();
  /** Free questions that have no vector yet. */
  readonly #waiting = new Set<string>();
  #bound: number;

  /** `bound`: the share of wrong hits that is accepted, in [0, 1]; 0 is off. */
  constructor(deps: SemanticDeps, bound: number) {
    this.#limits = deps.limits;
    this.#verifier = new Verifier(deps.model, deps.evidence);
    this.#wasm = deps.wasm;
    this.#bound = bound;
  }

  set bound(share: number) {
    this.#bound = share;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Entries that `build` has not got to: they are not found yet. */
  get waiting(): number {
    return this.#waiting.size;
  }

  lookup(question: string, scopeKey: string): SemanticHit | undefined {
    const kind = kindOf(scopeKey);
    const least = this.#verifier.threshold(kind, this.#bound);
    if (least === Number.POSITIVE_INFINITY || question.length > this.#limits.maxQuestionLength)
      return undefined;
    const best = this.#best(this.#verifier.prepare(question, kind), scopeKey);
    const entry = best && this.#entries.get(best.entryId);
    if (best === undefined || entry === undefined || best.score < least) return undefined;
    this.#entries.delete(best.entryId);
    this.#entries.set(best.entryId, entry);
    const { score } = best;
    const probability = this.#verifier.probability(kind, score);
    return { entryId: best.entryId, question: entry.question, probability, kind, score };
  }

  /** Found at once. An entry of that id is replaced. */
  insert(entryId: string, question: string, scopeKey: string): void {
    this.#keep(entryId, question, scopeKey);
    this.#embed(entryId);
  }

  /** As `insert`, but a question without code is found only when `build` has got to it. */
  restore(entryId: string, question: string, scopeKey: string): void {
    this.#keep(entryId, question, scopeKey);
  }

  remove(entryId: string): void {
    const entry = this.#entries.get(entryId);
    if (entry === undefined) return;
    this.#entries.delete(entryId);
    this.#waiting.delete(entryId);
    const vectors = this.#vectors.get(entry.scopeKey);
    vectors?.delete(entryId);
    if (vectors?.size === 0) this.#vectors.delete(entry.scopeKey);
    const scope = this.#scopes.get(entry.scopeKey);
    scope?.delete(entryId);
    if (scope?.size === 0) this.#scopes.delete(entry.scopeKey);
  }

  /** What became of a hit: kept, or asked anyway. */
  learn({ kind, score }: Pick<SemanticHit, 'kind' | 'score'>, verdict: 'right' | 'wrong'): void {
    this.#verifier.learn(kind, score, verdict);
  }

  /** Embeds at most `count` restored questions (about 0.1 ms each); returns how many are left. */
  build(count: number): number {
    for (const entryId of [...this.#waiting].slice(0, count)) this.#embed(entryId);
    return this.#waiting.size;
  }

  /** From least to most recently used. */
  *entries(): Generator<{ readonly entryId: string; readonly question: string; readonly scopeKey: string }> {
    for (const [entryId, { question, scopeKey }] of this.#entries) yield { entryId, question, scopeKey };
  }

  #keep(entryId: string, question: string, scopeKey: string): void {
    this.remove(entryId);
    if (question.length > this.#limits.maxQuestionLength || this.#limits.maxEntries < 1) return;
    const scope = this.#scopes.get(scopeKey) ?? new Set<string>();
    const crowded = kindOf(scopeKey) === 'code' && scope.size >= this.#limits.maxPerScope;
    const [oldest] = crowded
      ? scope
      : this.#entries.size >= this.#limits.maxEntries
        ? this.#entries.keys()
        : [];
    if (oldest !== undefined) this.remove(oldest);
    this.#entries.set(entryId, { question, scopeKey });
    this.#scopes.set(scopeKey, scope.add(entryId));
    if (kindOf(scopeKey) === 'free') this.#waiting.add(entryId);
  }

  #embed(entryId: string): void {
    const entry = this.#entries.get(entryId);
    if (entry === undefined || !this.#waiting.delete(entryId)) return;
    const vectors = this.#vectors.get(entry.scopeKey) ?? new VectorSearch(this.#wasm);
    this.#vectors.set(entry.scopeKey, vectors);
    vectors.set(entryId, this.#verifier.prepare(entry.question, 'free').analysed.vector);
  }

  /** Of entries with one score, the newest. */
  #best(asked: Prepared, scopeKey: string): { entryId: string; score: number } | undefined {
    const ids = this.#candidates(asked, scopeKey);
    const prepared = ids.map((id) =>
      this.#verifier.prepare(this.#entries.get(id)?.question ?? '', asked.kind),
    );
    const best = this.#verifier.best(asked, prepared);
    const entryId = best && ids[best.at];
    return best === undefined || entryId === undefined ? undefined : { entryId, score: best.score };
  }

  #candidates(asked: Prepared, scopeKey: string): string[] {
    if (asked.kind === 'code') return [...(this.#scopes.get(scopeKey) ?? [])];
    const near = this.#vectors.get(scopeKey)?.nearest(asked.analysed.vector, CANDIDATES) ?? [];
    return near.map(({ id }) => id);
  }
}

const kindOf = (scopeKey: string): Kind => (scopeKey.startsWith(CODE_FREE) ? 'free' : 'code');
