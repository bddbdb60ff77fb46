/**
 * Fits the verifier of free questions: tables first, then trees over features from tables that had not seen the pair; then
 * the second opinion and the evidence, from what models that had not seen a third of the pairs would have answered there.
 */
import { seededRandom } from '../../src/base/random.ts';
import { hashOf, sameForm, wordsOf } from '../../src/cache/embedWords.ts';
import { VectorSearch, type WasmHost } from '../../src/cache/vectorSearch.ts';
import { align, type Pairing, substitutionKey } from '../../src/cache/verifierAlign.ts';
import type { Evidence } from '../../src/cache/verifierCalibration.ts';
import {
  type Analysed,
  analyse,
  differenceKeys,
  features,
  inFormOrder,
} from '../../src/cache/verifierFeatures.ts';
import { VerifierModel } from '../../src/cache/verifierModel.ts';
import { HINT_STEP, type PackedTables, RARITY_STEP, WordTables } from '../../src/cache/verifierTables.ts';
import { type PackedTrees, treesScore } from '../../src/cache/verifierTrees.ts';
import { voteKeys } from '../../src/cache/verifierVotes.ts';
import { type BoostOptions, binEdges, boost, packTrees } from './boostedTrees.ts';
import { type Ballot, learnVotes } from './pairVotes.ts';
import { type QuestionPair, split, Truth } from './questionPairs.ts';
import { freeEvidence, type TrialHit, trial } from './semanticTrial.ts';
import { wordMeanings } from './wordMeanings.ts';

const ROWS = { rarity: 8_192, hints: 16_384, meanings: 3_072, votes: 65_536 };
const FOLDS = 5;
const BOOST = { trees: 400, rate: 0.045, rowShare: 0.7, columnShare: 0.4, leastHessian: 8, shrink: 5 };
/** How many of the nearest entries of each question are learned from besides its own pair, and of how many unknown ones. */
const NEIGHBOURS = 3;
const UNLABELLED_SHARE = 0.35;
/** A hint counts as if it had been seen so often at the average share. */
const HINT_PRIOR = 15;

type Company = Pick<PackedTables, 'rarity' | 'meanings'>;

/** Of the second opinion. */
const TRUST_BOOST = { trees: 300, rate: 0.03, rowShare: 0.7, columnShare: 0.5, leastHessian: 20, shrink: 10 };
const TRUST_FOLDS = 3;

export interface Trained {
  readonly tables: PackedTables;
  readonly trees: PackedTrees;
  readonly trust: PackedTrees;
  /** Judged by models that had not seen the pairs, neither for the first opinion nor for the second. */
  readonly evidence: Evidence;
}

export function trainWhole(
  pairs: readonly QuestionPair[],
  wasm: WasmHost | undefined,
  say: (line: string) => void,
): Trained {
  const folds = split(pairs, Array<number>(TRUST_FOLDS).fill(1 / TRUST_FOLDS), 123);
  const hits = folds.map((fold, at) => {
    const others = folds.flatMap((other, index) => (index === at ? [] : other));
    const { tables, trees } = trainVerifier(others, wasm, () => undefined);
    say(`third ${at + 1}: learned from ${others.length} pairs, tried on ${fold.length}`);
    return trial(fold, new VerifierModel(tables, trees), wasm).hits;
  });
  const judged = hits.flatMap((ofFold, at) => {
    const trust = trustOf(hits.flatMap((other, index) => (index === at ? [] : other)));
    return ofFold.map((hit) => (hit.standing ? { ...hit, score: treesScore(trust, hit.standing) } : hit));
  });
  const first = trainVerifier(pairs, wasm, say);
  return { ...first, trust: trustOf(hits.flat()), evidence: freeEvidence(judged) };
}

function trustOf(hits: readonly TrialHit[]): PackedTrees {
  const similar = hits.flatMap(({ standing, verdict }) => (standing ? [{ standing, verdict }] : []));
  const rows = similar.map(({ standing }) => standing);
  const labels = similar.map(({ verdict }) => (verdict === 'same' ? 1 : 0));
  return grown(rows, labels, TRUST_BOOST, 3);
}

function grown(
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  options: BoostOptions,
  seed: number,
): PackedTrees {
  const edges = binEdges(rows);
  const trees = packTrees(boost(rows, labels, edges, options, seededRandom(seed)));
  return { edges: Float32Array.from(edges.flatMap((one) => [...one])), trees };
}

/** A pair with what never changes while tables are learned from one part or another. */
interface Row extends Ballot {
  readonly a: Analysed;
  readonly b: Analysed;
  readonly pairing: Pairing;
  /** Of the file's own pairs; the others are neighbours in the index. */
  readonly own: boolean;
  readonly fold: number;
}

function trainVerifier(
  pairs: readonly QuestionPair[],
  wasm: WasmHost | undefined,
  say: (line: string) => void,
): { tables: PackedTables; trees: PackedTrees } {
  const company = { rarity: rarityOf(pairs), meanings: wordMeanings(pairs, ROWS.meanings) };
  const all = rowsOf(pairs, company, wasm);
  say(`${all.length} pairs with their neighbours`);
  const rows: number[][] = [];
  const labels: number[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const others = all.filter((row) => row.fold !== fold);
    const tables = new WordTables(fitTables(others, company));
    for (const { a, b, same } of all.filter((row) => row.fold === fold)) {
      rows.push(features(a, b, tables));
      labels.push(same ? 1 : 0);
    }
    say(`fold ${fold + 1} of ${FOLDS}`);
  }
  return { tables: fitTables(all, company), trees: grown(rows, labels, BOOST, 1) };
}

function rowsOf(pairs: readonly QuestionPair[], company: Company, wasm: WasmHost | undefined): Row[] {
  const blank = new WordTables({ ...company, hints: new Int8Array(1), votes: new Int8Array(1) });
  const known = new Map<string, Analysed>();
  const analysed = (question: string) => {
    const found = known.get(question) ?? analyse(question, blank);
    known.set(question, found);
    return found;
  };
  const vectors = new VectorSearch(wasm);
  const entries = new Map(pairs.map(({ a }) => [sameForm(a), a]));
  for (const [form, a] of entries) vectors.set(form, analysed(a).vector);
  const near = (b: string) =>
    vectors.nearest(analysed(b).vector, NEIGHBOURS).flatMap(({ id }) => entries.get(id) ?? []);
  const truth = new Truth(pairs);
  const row = ({ a, b, same }: QuestionPair, own: boolean, fold: number): Row => {
    const [inA, inB] = inFormOrder(analysed(a), analysed(b));
    const pairing = align(inA, inB, blank);
    return { a: inA, b: inB, same, pairing, own, fold, keys: voteKeys(inA, inB, pairing) };
  };
  return split(pairs, Array<number>(FOLDS).fill(1 / FOLDS), 55).flatMap((fold, at) => [
    ...fold.map((pair) => row(pair, true, at)),
    ...mistakable(fold, near, truth).map((pair) => row(pair, false, at)),
  ]);
}

/** What the index would offer for the questions of a fold; what the pairs do not know counts as different. */
function mistakable(
  fold: readonly QuestionPair[],
  near: (question: string) => string[],
  truth: Truth,
): QuestionPair[] {
  const random = seededRandom(11);
  return [...new Set(fold.map(({ b }) => b))].flatMap((b) =>
    near(b).flatMap((a) => {
      const verdict = truth.of(a, b);
      const kept = sameForm(a) !== sameForm(b) && (verdict !== 'unlabelled' || random() < UNLABELLED_SHARE);
      return kept ? [{ a, b, same: verdict === 'same' }] : [];
    }),
  );
}

function rarityOf(pairs: readonly QuestionPair[]): Uint8Array {
  const questions = new Map(
    pairs.flatMap(({ a, b }) => [a, b]).map((question) => [sameForm(question), question]),
  );
  const seen = new Float64Array(ROWS.rarity);
  for (const question of questions.values()) {
    for (const stem of new Set(wordsOf(question).map(({ stem }) => stem))) {
      const at = hashOf(stem, 1) % ROWS.rarity;
      seen[at] = (seen[at] ?? 0) + 1;
    }
  }
  const most = questions.size + 1;
  return Uint8Array.from(seen, (count) =>
    Math.min(255, Math.round(Math.log(most / (count + 1)) / RARITY_STEP)),
  );
}

function fitTables(rows: readonly Row[], company: Company): PackedTables {
  const own = rows.filter((row) => row.own);
  const prior = own.filter(({ same }) => same).length / own.length;
  const counts = { same: new Float64Array(ROWS.hints), different: new Float64Array(ROWS.hints) };
  for (const { a, b, same, pairing } of own) {
    const stems = (words: Analysed['words'], places: readonly number[]) =>
      places.map((at) => words[at]?.stem ?? '');
    const [onlyA, onlyB] = [stems(a.words, pairing.onlyA), stems(b.words, pairing.onlyB)];
    const keys = new Set([
      ...differenceKeys(a, b, pairing),
      ...onlyA.flatMap((one) => onlyB.map((other) => substitutionKey(one, other))),
    ]);
    const tally = same ? counts.same : counts.different;
    for (const key of keys) {
      const at = hashOf(key, 2) % ROWS.hints;
      tally[at] = (tally[at] ?? 0) + 1;
    }
  }
  return { ...company, hints: hintsOf(counts, prior), votes: learnVotes(rows, ROWS.votes) };
}

function hintsOf(counts: { same: Float64Array; different: Float64Array }, prior: number): Int8Array {
  const usual = Math.log(prior / (1 - prior));
  return Int8Array.from(counts.same, (same, at) => {
    const different = counts.different[at] ?? 0;
    const odds = (same + HINT_PRIOR * prior) / (different + HINT_PRIOR * (1 - prior));
    return packed(Math.log(odds) - usual, HINT_STEP);
  });
}

function packed(value: number, step: number): number {
  return Math.max(-127, Math.min(127, Math.round(value / step)));
}
