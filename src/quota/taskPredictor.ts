/**
 * What a task will take, from the person's own history of such tasks: tokens in and out and time, each as P50 and P90.
 * Until there is a history the usual sizes count. Units: tokens, milliseconds.
 */
import { record } from '../base/unknown.ts';
import { Calibration, type CalibrationFigures } from './calibration.ts';
import { type Quantiles, SizeModel, type SizeQuery } from './sizeModel.ts';

/** A task as it is known before it runs. */
export interface TaskAhead {
  readonly task: string;
  readonly model: string;
  /** Estimated from the text. */
  readonly inputTokens: number;
  /** What such a task usually needs, of anybody. */
  readonly usualOutputTokens: number;
  /** What it usually takes on this model, of anybody. */
  readonly usualMs: number;
}

export interface TaskPrediction {
  readonly inputTokens: Quantiles;
  readonly outputTokens: Quantiles;
  readonly durationMs: Quantiles;
}

/** What it took. Absent: nobody said. */
export interface TaskOutcome {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly durationMs?: number;
}

const MEASURES = ['inputTokens', 'outputTokens', 'durationMs'] as const;

export type Measure = (typeof MEASURES)[number];

/** The measures of which something has been judged. */
export type PredictionCalibration = Readonly<Partial<Record<Measure, CalibrationFigures>>>;

export const PREDICTOR_VERSION = 1;

interface Learned {
  readonly sizes: SizeModel;
  readonly calibration: Calibration;
}

export class TaskPredictor {
  readonly #learned: Readonly<Record<Measure, Learned>>;

  constructor(learned: Readonly<Record<Measure, Learned>> = learnedFrom({})) {
    this.#learned = learned;
  }

  /** `raw`: what `toJSON` gave, as it came back from a store; what cannot be used of it is forgotten. */
  static fromJSON(raw: unknown): TaskPredictor {
    const { version, ...measures } = record(raw);
    return new TaskPredictor(learnedFrom(version === PREDICTOR_VERSION ? measures : {}));
  }

  toJSON() {
    const measures = MEASURES.map((measure) => {
      const { sizes, calibration } = this.#learned[measure];
      return [measure, { sizes: sizes.toJSON(), calibration: calibration.toJSON() }] as const;
    });
    return { version: PREDICTOR_VERSION, ...Object.fromEntries(measures) };
  }

  predict(ahead: TaskAhead): TaskPrediction {
    return {
      inputTokens: this.#predict('inputTokens', ahead),
      outputTokens: this.outputTokens(ahead),
      durationMs: this.#predict('durationMs', ahead),
    };
  }

  outputTokens(ahead: Omit<TaskAhead, 'usualMs'>): Quantiles {
    return this.#predict('outputTokens', { ...ahead, usualMs: 1 });
  }

  learn(ahead: TaskAhead, outcome: TaskOutcome): void {
    for (const measure of MEASURES) {
      const value = outcome[measure];
      if (value === undefined || !Number.isFinite(value) || value < 0) continue;
      const { sizes, calibration } = this.#learned[measure];
      const size = Math.max(LEAST, value);
      calibration.judge(sizes.learn(queryOf(measure, ahead), size), size);
    }
  }

  calibration(): PredictionCalibration {
    const known = MEASURES.flatMap((measure) => {
      const figures = this.#learned[measure].calibration.figures();
      return figures ? [[measure, figures] as const] : [];
    });
    return Object.fromEntries(known);
  }

  #predict(measure: Measure, ahead: TaskAhead): Quantiles {
    return this.#learned[measure].sizes.predict(queryOf(measure, ahead));
  }
}

/** An empty answer counts as one token: a logarithm needs something. */
const LEAST = 1;

function queryOf(measure: Measure, ahead: TaskAhead): SizeQuery {
  const usual = {
    inputTokens: ahead.inputTokens,
    outputTokens: ahead.usualOutputTokens,
    durationMs: ahead.usualMs,
  }[measure];
  return {
    path: [ahead.task, ahead.model],
    usual: Math.max(LEAST, usual),
    given: ahead.inputTokens,
  };
}

function learnedFrom(raw: Readonly<Record<string, unknown>>): Record<Measure, Learned> {
  const one = (measure: Measure): Learned => {
    const { sizes, calibration } = record(raw[measure]);
    return { sizes: SizeModel.fromJSON(sizes), calibration: Calibration.fromJSON(calibration) };
  };
  return {
    inputTokens: one('inputTokens'),
    outputTokens: one('outputTokens'),
    durationMs: one('durationMs'),
  };
}
