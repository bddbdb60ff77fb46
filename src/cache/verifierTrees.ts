/** A sum of small decision trees over binned numbers, read from packed bytes. */

const DEPTH = 5;
export const SPLITS = 2 ** DEPTH - 1;
export const LEAVES = 2 ** DEPTH;
/** Bytes of one tree: the column and the bin of each split, then the leaves. */
export const TREE_BYTES = 2 * SPLITS + LEAVES;
/** Upper edges of the bins of one column; unused ones are infinite. */
export const EDGES = 63;
/** Log-odds of one step of a leaf. */
export const LEAF_STEP = 1 / 400;

export interface PackedTrees {
  /** `EDGES` numbers for each column. */
  readonly edges: Float32Array;
  readonly trees: Uint8Array;
}

/** Log-odds of 'same' for one row of features. */
export function treesScore({ edges, trees }: PackedTrees, row: readonly number[]): number {
  const bins = Uint8Array.from(row, (value, column) => binOf(value, edges, column * EDGES));
  let sum = 0;
  for (let base = 0; base < trees.length; base += TREE_BYTES) {
    let node = 0;
    while (node < SPLITS) {
      const bin = bins[trees[base + node] ?? 0] ?? 0;
      node = 2 * node + (bin > (trees[base + SPLITS + node] ?? 0) ? 2 : 1);
    }
    sum += (((trees[base + SPLITS + node] ?? 0) << 24) >> 24) * LEAF_STEP;
  }
  return sum;
}

/** How many edges from `from` on are below the value. */
export function binOf(value: number, edges: Float32Array, from = 0): number {
  const exact = Math.fround(value);
  let low = 0;
  let high = EDGES;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (exact > (edges[from + middle] ?? Number.POSITIVE_INFINITY)) low = middle + 1;
    else high = middle;
  }
  return low;
}
