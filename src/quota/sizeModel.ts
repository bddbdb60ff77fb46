/**
 * How large something will be (tokens of an answer, time it takes), learned from how large it was: a quantile of the
 * size relative to what is usual, given how large the question is. Three levels of history are mixed, the nearest
 * weighing most once it has been seen often. Sizes are in any unit; both logarithms natural.
 */
import { record } from '../base/unknown.ts';

import { FadingLine } from './fadingLine.ts';
import { addBell, emptySum, LogHistogram, quantileOf } from './logHistogram.ts';
import { SimilarSizes } from './similarSizes.ts';

/** Where a size was seen: from general to special. `''` is everywhere. */
export type Path = readonly string[];

export interface SizeQuery {
  readonly path: Path;
  /** What is usual without any history; positive. */
  readonly usual: number;
  /** How large the question is, such as its tokens. */
  readonly given: number;
}

export interface Quantiles {
  readonly p50: number;
  readonly p90: number;
}

export interface SizeModelState {
  readonly cells: Readonly<Record<string, unknown>>;
}

const HALF_LIFE = 400;
/** A level with so many observations weighs as much as all that is more general than it. */
const TRUST = 12;
/** As above, for one equal question a moment ago. */
const SIMILAR_TRUST = 3;
/** Sizes of answers and times spread about so much (standard deviation of the logarithm) before anything is known. */
const PRIOR_SIGMA = 1;
/**
 * Adaptive conformal inference: the level that is asked for moves until one in ten is above P90. Gibbs and Candès 2021,
 * arxiv.org/abs/2106.00170.
 */
const COVERED = 0.9;
const STEP = 0.01;
const LEVEL_BOUNDS = { least: 0.6, most: 0.995 };
const MOST_CELLS = 80;
const LONGEST_KEY = 300;

export class SizeModel {
  readonly #cells = new Map<string, Cell>();

  /** `raw`: what `toJSON` gave, as it came back from a store; what cannot be used of it is forgotten. */
  static fromJSON(raw: unknown): SizeModel {
    const model = new SizeModel();
    const { cells } = record(raw);
    for (const [key, state] of Object.entries(record(cells)).slice(-MOST_CELLS)) {
      const cell = Cell.fromJSON(state);
      if (cell && key.length <= LONGEST_KEY) model.#cells.set(key, cell);
    }
    return model;
  }

  toJSON(): SizeModelState {
    return { cells: Object.fromEntries([...this.#cells].map(([key, cell]) => [key, cell.toJSON()])) };
  }

  predict({ path, usual, given }: SizeQuery): Quantiles {
    const cells = this.#known(path);
    const at = Math.log(Math.max(1, given));
    const sum = emptySum();
    let left = 1 - this.#addSimilar(sum, path, at);
    for (let index = cells.length - 1; index >= 0; index -= 1) {
      const cell = cells[index];
      if (cell === undefined) continue;
      const weight = (left * cell.seen.count) / (cell.seen.count + TRUST);
      cell.seen.addTo(sum, weight, cell.shift(at));
      left -= weight;
    }
    addBell(sum, left, PRIOR_SIGMA);
    const p50 = usual * Math.exp(quantileOf(sum, 0.5));
    return { p50, p90: Math.max(p50, usual * Math.exp(quantileOf(sum, levelOf(cells)))) };
  }

  /** Returns what would have been predicted: it is judged before it is learned from. */
  learn(query: SizeQuery, size: number): Quantiles {
    const predicted = this.predict(query);
    const at = Math.log(Math.max(1, query.given));
    const position = Math.log(Math.max(size, Number.MIN_VALUE) / query.usual);
    for (const key of keysOf(query.path)) {
      const cell = this.#cells.get(key) ?? new Cell();
      cell.learn(at, position, size > predicted.p90);
      if (key === query.path[0]) cell.remember(at, position);
      this.#keep(key, cell);
    }
    return predicted;
  }

  /** Returns the weight that questions like this one have got. */
  #addSimilar(sum: Float64Array, path: Path, at: number): number {
    const similar = this.#cells.get(path[0] ?? '')?.similar;
    const alike = similar?.weight(at) ?? 0;
    const weight = alike / (alike + SIMILAR_TRUST);
    if (weight > 0) similar?.addTo(sum, weight, at);
    return weight;
  }

  #known(path: Path): Cell[] {
    return keysOf(path).flatMap((key) => this.#cells.get(key) ?? []);
  }

  /** The one that was longest not learned of goes first. */
  #keep(key: string, cell: Cell): void {
    this.#cells.delete(key);
    this.#cells.set(key, cell);
    const oldest = this.#cells.keys().next();
    if (this.#cells.size > MOST_CELLS && !oldest.done) this.#cells.delete(oldest.value);
  }
}

/** The history of one place: a line through it (for the size of the question), and how far sizes lie from that line. */
class Cell {
  readonly seen: LogHistogram;
  readonly #line: FadingLine;
  /** Which quantile has really covered nine in ten. */
  level = COVERED;
  /** Only a task's own cell has this. */
  similar: SimilarSizes | undefined;

  constructor(seen = new LogHistogram(HALF_LIFE), line = new FadingLine(HALF_LIFE)) {
    this.seen = seen;
    this.#line = line;
  }

  static fromJSON(raw: unknown): Cell | undefined {
    const { seen, line, level, similar } = record(raw);
    if (typeof level !== 'number' || !(level >= LEVEL_BOUNDS.least && level <= LEVEL_BOUNDS.most)) {
      return undefined;
    }
    const known = FadingLine.fromJSON(line, HALF_LIFE);
    if (known === undefined) return undefined;
    const cell = new Cell(LogHistogram.fromJSON(seen, HALF_LIFE), known);
    cell.level = level;
    if (similar !== undefined) cell.similar = SimilarSizes.fromJSON(similar);
    return cell;
  }

  toJSON() {
    const level = Number(this.level.toFixed(4));
    const similar = this.similar === undefined ? {} : { similar: this.similar.toJSON() };
    return { seen: this.seen.toJSON(), line: this.#line.toJSON(), level, ...similar };
  }

  /** How far a question of this size moves what is expected. */
  shift(at: number): number {
    return this.#line.slope * (at - this.#line.middle);
  }

  remember(at: number, position: number): void {
    this.similar ??= new SimilarSizes();
    this.similar.add(at, position);
  }

  learn(at: number, position: number, above: boolean): void {
    this.#line.learn(at, position);
    this.seen.add(position - this.shift(at));
    const moved = this.level + STEP * ((above ? 1 : 0) - (1 - COVERED));
    this.level = Math.min(LEVEL_BOUNDS.most, Math.max(LEVEL_BOUNDS.least, moved));
  }
}

/** The most special place that has been seen often enough to know. */
function levelOf(cells: readonly Cell[]): number {
  return (cells.findLast((cell) => cell.seen.count >= TRUST) ?? cells[0])?.level ?? COVERED;
}

/** `['a', 'b']` → `''`, `'a'`, `'a\nb'`. */
function keysOf(path: Path): string[] {
  return ['', ...path.map((_, index) => path.slice(0, index + 1).join('\n'))];
}
