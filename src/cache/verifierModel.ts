/** The trained verifier of free questions: reads the packed weights once, then scores pairs. */
import { type Analysed, analyse, features } from './verifierFeatures.ts';
import { type PackedTables, WordTables } from './verifierTables.ts';
import { type PackedTrees, treesScore } from './verifierTrees.ts';

/** Base64 of little-endian bytes. */
export interface PackedWeights {
  readonly rarity: string;
  readonly hints: string;
  readonly meanings: string;
  readonly edges: string;
  readonly trees: string;
}

export class VerifierModel {
  readonly #tables: WordTables;
  readonly #trees: PackedTrees;

  constructor(tables: PackedTables, trees: PackedTrees) {
    this.#tables = new WordTables(tables);
    this.#trees = trees;
  }

  static unpack(weights: PackedWeights): VerifierModel {
    return new VerifierModel(
      {
        rarity: bytesOf(weights.rarity),
        hints: new Int8Array(bytesOf(weights.hints).buffer),
        meanings: new Int8Array(bytesOf(weights.meanings).buffer),
      },
      { edges: new Float32Array(bytesOf(weights.edges).buffer), trees: bytesOf(weights.trees) },
    );
  }

  analyse(question: string): Analysed {
    return analyse(question, this.#tables);
  }

  /** Log-odds, before calibration, that one answer serves both. */
  score(a: Analysed, b: Analysed): number {
    return treesScore(this.#trees, features(a, b, this.#tables));
  }
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
