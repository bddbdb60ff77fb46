/** The trained verifier of free questions: reads the packed weights once, then scores pairs. */
import { type Analysed, analyse, features } from './verifierFeatures.ts';
import { type PackedTables, WordTables } from './verifierTables.ts';
import { type PackedTrees, treesScore } from './verifierTrees.ts';

/** Base64 of little-endian bytes. */
export interface PackedWeights {
  readonly rarity: string;
  readonly hints: string;
  readonly meanings: string;
  readonly votes: string;
  readonly edges: string;
  readonly trees: string;
  readonly trustEdges: string;
  readonly trustTrees: string;
}

/** No trees: nothing is trusted more than anything else. */
const NO_TREES: PackedTrees = { edges: new Float32Array(), trees: new Uint8Array() };

export class VerifierModel {
  readonly #tables: WordTables;
  readonly #trees: PackedTrees;
  readonly #trust: PackedTrees;

  constructor(tables: PackedTables, trees: PackedTrees, trust: PackedTrees = NO_TREES) {
    this.#tables = new WordTables(tables);
    this.#trees = trees;
    this.#trust = trust;
  }

  static unpack(weights: PackedWeights): VerifierModel {
    return new VerifierModel(
      {
        rarity: bytesOf(weights.rarity),
        hints: new Int8Array(bytesOf(weights.hints).buffer),
        meanings: new Int8Array(bytesOf(weights.meanings).buffer),
        votes: new Int8Array(bytesOf(weights.votes).buffer),
      },
      treesOf(weights.edges, weights.trees),
      treesOf(weights.trustEdges, weights.trustTrees),
    );
  }

  analyse(question: string): Analysed {
    return analyse(question, this.#tables);
  }

  /** Log-odds, before calibration, that one answer serves both. */
  score(a: Analysed, b: Analysed): number {
    return treesScore(this.#trees, this.features(a, b));
  }

  features(a: Analysed, b: Analysed): number[] {
    return features(a, b, this.#tables);
  }

  /** Log-odds, before calibration, that the best candidate is right; `row`: its `standing` among the others, then its features. */
  trust(row: readonly number[]): number {
    return treesScore(this.#trust, row);
  }
}

function treesOf(edges: string, trees: string): PackedTrees {
  return { edges: new Float32Array(bytesOf(edges).buffer), trees: bytesOf(trees) };
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
