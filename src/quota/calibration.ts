/** How good predictions have been: each is judged by its outcome before it is learned from. Shares in 0…1. */
import type { Quantiles } from './sizeModel.ts';

export interface CalibrationFigures {
  /** Outcomes that count; older ones count less and less. */
  readonly outcomes: number;
  /** Share of outcomes at or below P90; good is 0.85…0.95. */
  readonly coveredByP90: number;
  /** Mean of |P50 − outcome| as a part of the mean outcome. */
  readonly meanError: number;
}

export type CalibrationState = readonly [outcomes: number, covered: number, error: number, sum: number];

const HALF_LIFE = 200;
const FADE = 2 ** (-1 / HALF_LIFE);

export class Calibration {
  #outcomes = 0;
  #covered = 0;
  #error = 0;
  #sum = 0;

  /** A state that cannot be used begins anew. */
  static fromJSON(raw: unknown): Calibration {
    const calibration = new Calibration();
    const numbers: readonly unknown[] = Array.isArray(raw) ? raw : [];
    const [outcomes, covered, error, sum] = numbers.map((value) => (isAmount(value) ? value : undefined));
    if (outcomes === undefined || covered === undefined || error === undefined || sum === undefined)
      return calibration;
    if (covered > outcomes) return calibration;
    calibration.#outcomes = outcomes;
    calibration.#covered = covered;
    calibration.#error = error;
    calibration.#sum = sum;
    return calibration;
  }

  toJSON(): CalibrationState {
    return [this.#outcomes, this.#covered, this.#error, this.#sum];
  }

  judge({ p50, p90 }: Quantiles, outcome: number): void {
    this.#outcomes = this.#outcomes * FADE + 1;
    this.#covered = this.#covered * FADE + (outcome <= p90 ? 1 : 0);
    this.#error = this.#error * FADE + Math.abs(outcome - p50);
    this.#sum = this.#sum * FADE + outcome;
  }

  /** Absent until something was judged. */
  figures(): CalibrationFigures | undefined {
    if (this.#outcomes === 0) return undefined;
    return {
      outcomes: this.#outcomes,
      coveredByP90: this.#covered / this.#outcomes,
      meanError: this.#sum > 0 ? this.#error / this.#sum : 0,
    };
  }
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
