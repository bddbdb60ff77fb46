/**
 * The last sizes that were seen, with how large the question was: a question of nearly the same size a moment later is
 * often the same one again, and its answer is then much the same. Logarithms natural.
 */
import { addBell } from './logHistogram.ts';

/** Pairs of `at` and `position`, oldest first. */
export type SimilarState = readonly number[];

const MOST = 64;
/** Questions that differ by this part of their size are alike no more. */
const WIDTH = 0.005;
const HALF_LIFE = 60;
/** So far off a question is no neighbour at all. */
const REACH = 3;
const FADE = 2 ** (-1 / HALF_LIFE);
const SIGMA = 0.2;

export class SimilarSizes {
  #pairs: (readonly [at: number, position: number])[] = [];

  /** A state that cannot be used gives an empty memory. */
  static fromJSON(raw: unknown): SimilarSizes {
    const similar = new SimilarSizes();
    const numbers: readonly unknown[] = Array.isArray(raw) ? raw.slice(-2 * MOST) : [];
    for (let index = 0; index + 1 < numbers.length; index += 2) {
      const [at, position] = [numbers[index], numbers[index + 1]];
      if (typeof at !== 'number' || typeof position !== 'number') continue;
      if (Number.isFinite(at) && Number.isFinite(position)) similar.add(at, position);
    }
    return similar;
  }

  toJSON(): SimilarState {
    return this.#pairs.flat().map((value) => Number(value.toFixed(4)));
  }

  add(at: number, position: number): void {
    this.#pairs.push([at, position]);
    if (this.#pairs.length > MOST) this.#pairs.shift();
  }

  /** How much there is to go by for a question of size `at`: 1 for an equal one a moment ago. */
  weight(at: number): number {
    return this.#near(at).reduce((sum, { weight }) => sum + weight, 0);
  }

  addTo(sum: Float64Array, weight: number, at: number): void {
    const near = this.#near(at);
    const total = near.reduce((all, one) => all + one.weight, 0);
    for (const one of near) addBell(sum, (weight * one.weight) / total, SIGMA, one.position);
  }

  #near(at: number): { readonly weight: number; readonly position: number }[] {
    const near: { weight: number; position: number }[] = [];
    let fresh = 1;
    for (let index = this.#pairs.length - 1; index >= 0; index -= 1) {
      const [other = 0, position = 0] = this.#pairs[index] ?? [];
      const apart = Math.abs(other - at) / WIDTH;
      if (apart < REACH) near.push({ weight: fresh * Math.exp(-apart * apart), position });
      fresh *= FADE;
    }
    return near;
  }
}
