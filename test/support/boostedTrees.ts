/** Gradient-boosted trees for a yes-or-no question: histograms of 64 bins, full depth, one gain for all levels. */
import type { Random } from '../../src/base/random.ts';
import { binOf, EDGES, LEAF_STEP, LEAVES, SPLITS, TREE_BYTES } from '../../src/cache/verifierTrees.ts';

export interface BoostOptions {
  readonly trees: number;
  readonly rate: number;
  readonly rowShare: number;
  readonly columnShare: number;
  /** Least sum of second derivatives in a leaf, and what is added to it. */
  readonly leastHessian: number;
  readonly shrink: number;
}

export interface Tree {
  readonly columns: Uint8Array;
  /** A row goes right when its bin is greater. */
  readonly bins: Uint8Array;
  readonly leaves: Float32Array;
}

/** First and second derivatives of each row's loss. */
interface Slopes {
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

const BINS = EDGES + 1;
const NO_SPLIT = 255;

/** Upper edges of the bins of each column: quantiles of the values seen. */
export function binEdges(rows: readonly (readonly number[])[]): Float32Array[] {
  return (rows[0] ?? []).map((_, column) => {
    const values = Float32Array.from(rows, (row) => row[column] ?? 0).sort();
    const edges = new Set<number>();
    for (let bin = 1; bin < BINS; bin++) edges.add(values[Math.floor((bin * values.length) / BINS)] ?? 0);
    return Float32Array.from({ length: EDGES }, (_, at) => [...edges][at] ?? Number.POSITIVE_INFINITY);
  });
}

export function boost(
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  edges: readonly Float32Array[],
  options: BoostOptions,
  random: Random,
): Tree[] {
  const columns = edges.map((edge, column) => Uint8Array.from(rows, (row) => binOf(row[column] ?? 0, edge)));
  const score = new Float64Array(rows.length);
  const trees: Tree[] = [];
  for (let round = 0; round < options.trees; round++) {
    const gradient = score.map((value, row) => (labels[row] ?? 0) - 1 / (1 + Math.exp(-value)));
    const hessian = score.map((value) => Math.max(1e-6, 1 / (2 + Math.exp(-value) + Math.exp(value))));
    const used = rows.map(() => random() < options.rowShare);
    const tree = grow(columns, { gradient, hessian }, used, options, random);
    trees.push(tree);
    for (let row = 0; row < rows.length; row++) {
      score[row] =
        (score[row] ?? 0) + (tree.leaves[leafOf(tree, (column) => columns[column]?.[row] ?? 0)] ?? 0);
    }
  }
  return trees;
}

/** The bytes that src/cache/verifierTrees.ts reads. */
export function packTrees(trees: readonly Tree[]): Uint8Array {
  const packed = new Uint8Array(trees.length * TREE_BYTES);
  trees.forEach(({ columns, bins, leaves }, at) => {
    packed.set(columns, at * TREE_BYTES);
    packed.set(bins, at * TREE_BYTES + SPLITS);
    const steps = Int8Array.from(leaves, (leaf) =>
      Math.max(-127, Math.min(127, Math.round(leaf / LEAF_STEP))),
    );
    packed.set(new Uint8Array(steps.buffer), at * TREE_BYTES + 2 * SPLITS);
  });
  return packed;
}

function leafOf({ columns, bins }: Tree, binAt: (column: number) => number): number {
  let node = 0;
  while (node < SPLITS) node = 2 * node + (binAt(columns[node] ?? 0) > (bins[node] ?? NO_SPLIT) ? 2 : 1);
  return node - SPLITS;
}

/** The rows of a node: those from `from` to `to` of the order. */
interface Group {
  readonly from: number;
  readonly to: number;
}

function grow(
  columns: readonly Uint8Array[],
  slopes: Slopes,
  used: readonly boolean[],
  options: BoostOptions,
  random: Random,
): Tree {
  const tree = {
    columns: new Uint8Array(SPLITS),
    bins: new Uint8Array(SPLITS).fill(NO_SPLIT),
    leaves: new Float32Array(LEAVES),
  };
  const chosen = columns.map((_, column) => column).filter(() => random() < options.columnShare);
  const order = Int32Array.from(used.keys()).filter((row) => used[row]);
  const groups: Group[] = [{ from: 0, to: order.length }];
  for (let node = 0; node < SPLITS; node++) {
    const { from, to } = groups[node] ?? { from: 0, to: 0 };
    const rows = order.subarray(from, to);
    const split = bestSplit(columns, chosen, rows, slopes, options);
    tree.columns[node] = split?.column ?? 0;
    tree.bins[node] = split?.bin ?? NO_SPLIT;
    const middle = from + divide(rows, columns[split?.column ?? 0], split?.bin ?? NO_SPLIT);
    groups.push({ from, to: middle }, { from: middle, to });
  }
  groups.slice(SPLITS).forEach(({ from, to }, leaf) => {
    let g = 0;
    let h = options.shrink;
    for (const row of order.subarray(from, to)) {
      g += slopes.gradient[row] ?? 0;
      h += slopes.hessian[row] ?? 0;
    }
    tree.leaves[leaf] = (options.rate * g) / h;
  });
  return tree;
}

/** Rows up to the bin first, in place and each side in its order; returns how many. */
function divide(rows: Int32Array, column: Uint8Array | undefined, bin: number): number {
  const right = rows.filter((row) => (column?.[row] ?? 0) > bin);
  const left = rows.filter((row) => (column?.[row] ?? 0) <= bin);
  rows.set(left);
  rows.set(right, left.length);
  return left.length;
}

function bestSplit(
  columns: readonly Uint8Array[],
  chosen: readonly number[],
  rows: Int32Array,
  { gradient, hessian }: Slopes,
  { leastHessian, shrink }: BoostOptions,
): { column: number; bin: number } | undefined {
  let allG = 0;
  let allH = 0;
  for (const row of rows) {
    allG += gradient[row] ?? 0;
    allH += hessian[row] ?? 0;
  }
  if (allH < 2 * leastHessian) return undefined;
  let best: { column: number; bin: number } | undefined;
  let most = (allG * allG) / (allH + shrink) + 1e-6;
  const g = new Float64Array(BINS);
  const h = new Float64Array(BINS);
  for (const column of chosen) {
    const values = columns[column];
    if (values === undefined) continue;
    g.fill(0);
    h.fill(0);
    for (const row of rows) {
      const bin = values[row] ?? 0;
      g[bin] = (g[bin] ?? 0) + (gradient[row] ?? 0);
      h[bin] = (h[bin] ?? 0) + (hessian[row] ?? 0);
    }
    let leftG = 0;
    let leftH = 0;
    for (let bin = 0; bin < BINS - 1; bin++) {
      leftG += g[bin] ?? 0;
      leftH += h[bin] ?? 0;
      const rightG = allG - leftG;
      const rightH = allH - leftH;
      if (leftH < leastHessian || rightH < leastHessian) continue;
      const gain = (leftG * leftG) / (leftH + shrink) + (rightG * rightG) / (rightH + shrink);
      if (gain > most) {
        most = gain;
        best = { column, bin };
      }
    }
  }
  return best;
}
