/** Fits the verifier of free questions: tables first, then trees over features from tables that had not seen the pair. */
import { seededRandom } from '../../src/base/random.ts';
import { hashOf, sameForm, wordsOf } from '../../src/cache/embedWords.ts';
import { VectorSearch, type WasmHost } from '../../src/cache/vectorSearch.ts';
import { align, substitutionKey } from '../../src/cache/verifierAlign.ts';
import { analyse, differenceKeys, features } from '../../src/cache/verifierFeatures.ts';
import { HINT_STEP, type PackedTables, RARITY_STEP, WordTables } from '../../src/cache/verifierTables.ts';
import type { PackedTrees } from '../../src/cache/verifierTrees.ts';
import { binEdges, boost, packTrees } from './boostedTrees.ts';
import { type QuestionPair, split, Truth } from './questionPairs.ts';
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

export function trainVerifier(
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
  const edges = binEdges(rows);
  const trees = packTrees(boost(rows, labels, edges, BOOST, seededRandom(1)));
  return {
    tables: fitTables(pairs, company),
    trees: { edges: Float32Array.from(edges.flatMap((one) => [...one])), trees },
  };
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
