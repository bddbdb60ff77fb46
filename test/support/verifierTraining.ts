/**
 * Fits the verifier of free questions: tables first, then trees over features from tables that had not seen the pair; then
 * the second opinion and the evidence, from what models that had not seen a third of the pairs would have answered there.
 */
import { seededRandom } from '../../src/base/random.ts';
import { hashOf, sameForm, wordsOf } from '../../src/cache/embedWords.ts';
import { VectorSearch, type WasmHost } from '../../src/cache/vectorSearch.ts';
import { align, substitutionKey } from '../../src/cache/verifierAlign.ts';
import type { Evidence } from '../../src/cache/verifierCalibration.ts';
import { analyse, differenceKeys, features } from '../../src/cache/verifierFeatures.ts';
import { VerifierModel } from '../../src/cache/verifierModel.ts';
import { HINT_STEP, type PackedTables, RARITY_STEP, WordTables } from '../../src/cache/verifierTables.ts';
import { type PackedTrees, treesScore } from '../../src/cache/verifierTrees.ts';
import { type BoostOptions, binEdges, boost, packTrees } from './boostedTrees.ts';
import { type QuestionPair, split, Truth } from './questionPairs.ts';
import { freeEvidence, type TrialHit, trial } from './semanticTrial.ts';
import { wordMeanings } from './wordMeanings.ts';

const ROWS = { rarity: 8_192, hints: 16_384, meanings: 3_072 };
const FOLDS = 5;
const BOOST = { trees: 600, rate: 0.03, rowShare: 0.7, columnShare: 0.4, leastHessian: 8, shrink: 5 };
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

function trainVerifier(
  pairs: readonly QuestionPair[],
  wasm: WasmHost | undefined,
  say: (line: string) => void,
): { tables: PackedTables; trees: PackedTrees } {
  const company = { rarity: rarityOf(pairs), meanings: wordMeanings(pairs, ROWS.meanings) };
  const folds = split(pairs, Array<number>(FOLDS).fill(1 / FOLDS), 55);
  const rows: number[][] = [];
  const labels: number[] = [];
  folds.forEach((fold, at) => {
    const others = folds.flatMap((other, index) => (index === at ? [] : other));
    const tables = new WordTables(fitTables(others, company));
    const mistakable = neighbours(fold, pairs, new WordTables({ ...company, hints: new Int8Array(1) }), wasm);
    for (const { a, b, same } of [...fold, ...mistakable]) {
      rows.push(features(analyse(a, tables), analyse(b, tables), tables));
      labels.push(same ? 1 : 0);
    }
    say(`fold ${at + 1} of ${FOLDS}: ${fold.length} pairs`);
  });
  return { tables: fitTables(pairs, company), trees: grown(rows, labels, BOOST, 1) };
}

/** What the index would offer for the questions of a fold; what the pairs do not know counts as different. */
function neighbours(
  fold: readonly QuestionPair[],
  pairs: readonly QuestionPair[],
  tables: WordTables,
  wasm: WasmHost | undefined,
): QuestionPair[] {
  const truth = new Truth(pairs);
  const random = seededRandom(11);
  const entries = new Map(pairs.map(({ a }) => [sameForm(a), a]));
  const vectors = new VectorSearch(wasm);
  for (const [form, a] of entries) vectors.set(form, analyse(a, tables).vector);
  return [...new Set(fold.map(({ b }) => b))].flatMap((b) =>
    vectors.nearest(analyse(b, tables).vector, NEIGHBOURS).flatMap(({ id }) => {
      const verdict = truth.of(id, b);
      const kept = id !== sameForm(b) && (verdict !== 'unlabelled' || random() < UNLABELLED_SHARE);
      const a = entries.get(id);
      return kept && a !== undefined ? [{ a, b, same: verdict === 'same' }] : [];
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

function fitTables(pairs: readonly QuestionPair[], company: Company): PackedTables {
  const blank = new WordTables({ ...company, hints: new Int8Array(1) });
  const prior = pairs.filter(({ same }) => same).length / pairs.length;
  const counts = { same: new Float64Array(ROWS.hints), different: new Float64Array(ROWS.hints) };
  for (const { a, b, same } of pairs) {
    const [inA, inB] = [analyse(a, blank), analyse(b, blank)];
    const pairing = align(inA, inB, blank);
    const stems = (words: typeof inA.words, places: readonly number[]) =>
      places.map((at) => words[at]?.stem ?? '');
    const [onlyA, onlyB] = [stems(inA.words, pairing.onlyA), stems(inB.words, pairing.onlyB)];
    const keys = new Set([
      ...differenceKeys(inA, inB, pairing),
      ...onlyA.flatMap((one) => onlyB.map((other) => substitutionKey(one, other))),
    ]);
    const tally = same ? counts.same : counts.different;
    for (const key of keys) {
      const at = hashOf(key, 2) % ROWS.hints;
      tally[at] = (tally[at] ?? 0) + 1;
    }
  }
  return { ...company, hints: hintsOf(counts, prior) };
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
