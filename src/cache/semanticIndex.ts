/**
 * The semantic level of the answer cache: finds the entry whose question was meant alike, and how likely that is. It holds
 * questions, never answers, and serves nothing without the evidence that keeps the share of wrong hits under the bound.
 */
import { readSemanticState, type SemanticState } from './semanticState.ts';
import { VectorSearch, type WasmHost } from './vectorSearch.ts';
import { type Kind, type Prepared, Verifier, type VerifierEvidence } from './verifier.ts';
import type { VerifierModel } from './verifierModel.ts';

/** The scope of questions without code. Any other scope is the hash of the code that they are about. */
export const CODE_FREE = '';

export interface SemanticHit {
  readonly entryId: string;
  /** What the answer was for, to be shown beside it. */
  readonly question: string;
  /** That it serves the new question too, in [0, 1]. */
  readonly probability: number;
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
  /** Of the last hit that was served from here. */
  servedScore: number | undefined;
}

/** How many of the nearest free questions the verifier looks at. */
const CANDIDATES = 8;

export class SemanticIndex {
  readonly #limits: SemanticLimits;
  readonly #verifier: Verifier;
  readonly #vectors: VectorSearch;
  /** From least to most recently used. */
  readonly #entries = new Map<string, Entry>();
  readonly #scopes = new Map<string, Set<string>>();
  /** Free questions that have no vector yet. */
  readonly #waiting = new Set<string>();
  #bound: number;

  /** `bound`: the share of wrong hits that is accepted, in [0, 1]; 0 is off. `saved` is what `toJSON` gave, or anything. */
  constructor(deps: SemanticDeps, bound: number, saved?: unknown) {
    const state = readSemanticState(saved);
    this.#limits = deps.limits;
    this.#verifier = new Verifier(deps.model, deps.evidence, state?.verifier);
    this.#vectors = new VectorSearch(deps.wasm);
    this.#bound = bound;
    for (const [entryId, question, scopeKey] of state?.entries ?? []) this.#keep(entryId, question, scopeKey);
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
    this.#entries.set(best.entryId, { ...entry, servedScore: best.score });
    return {
      entryId: best.entryId,
      question: entry.question,
      probability: this.#verifier.probability(kind, best.score),
    };
  }

  /** Found at once. An entry of that id is replaced. */
  insert(entryId: string, question: string, scopeKey: string): void {
    this.#keep(entryId, question, scopeKey);
    this.#embed(entryId);
  }

  remove(entryId: string): void {
    const entry = this.#entries.get(entryId);
    if (entry === undefined) return;
    this.#entries.delete(entryId);
    this.#waiting.delete(entryId);
    this.#vectors.delete(entryId);
    const scope = this.#scopes.get(entry.scopeKey);
    scope?.delete(entryId);
    if (scope?.size === 0) this.#scopes.delete(entry.scopeKey);
  }

  /** What became of the last hit from this entry: kept, or asked anyway. Each hit counts once. */
  feedback(entryId: string, verdict: 'right' | 'wrong'): void {
    const entry = this.#entries.get(entryId);
    if (entry?.servedScore === undefined) return;
    this.#verifier.learn(kindOf(entry.scopeKey), entry.servedScore, verdict);
    entry.servedScore = undefined;
  }

  /** Embeds at most `count` restored questions (about 0.1 ms each); returns how many are left. */
  build(count: number): number {
    for (const entryId of [...this.#waiting].slice(0, count)) this.#embed(entryId);
    return this.#waiting.size;
  }

  toJSON(): SemanticState {
    return {
      version: 1,
      entries: [...this.#entries].map(([id, { question, scopeKey }]) => [id, question, scopeKey]),
      verifier: this.#verifier.state,
    };
  }

  #keep(entryId: string, question: string, scopeKey: string): void {
    this.remove(entryId);
    if (question.length > this.#limits.maxQuestionLength || this.#limits.maxEntries < 1) return;
    const scope = this.#scopes.get(scopeKey) ?? new Set<string>();
    const crowded = scopeKey !== CODE_FREE && scope.size >= this.#limits.maxPerScope;
    const [oldest] = crowded
      ? scope
      : this.#entries.size >= this.#limits.maxEntries
        ? this.#entries.keys()
        : [];
    if (oldest !== undefined) this.remove(oldest);
    this.#entries.set(entryId, { question, scopeKey, servedScore: undefined });
    this.#scopes.set(scopeKey, scope.add(entryId));
    if (scopeKey === CODE_FREE) this.#waiting.add(entryId);
  }

  #embed(entryId: string): void {
    const entry = this.#entries.get(entryId);
    if (entry === undefined || !this.#waiting.delete(entryId)) return;
    this.#vectors.set(entryId, this.#verifier.prepare(entry.question, 'free').analysed.vector);
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
    if (scopeKey !== CODE_FREE) return [...(this.#scopes.get(scopeKey) ?? [])];
    return this.#vectors.nearest(asked.analysed.vector, CANDIDATES).map(({ id }) => id);
  }
}

const kindOf = (scopeKey: string): Kind => (scopeKey === CODE_FREE ? 'free' : 'code');
