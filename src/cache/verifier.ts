/**
 * Whether the answer to one question serves another: a score for each pair, the chance that goes with it, and the least
 * score that keeps the share of wrong hits under the bound. Free questions are judged by trained trees, instructions about
 * the same code by what they reduce to.
 */
import { Calibration, type Evidence } from './verifierCalibration.ts';
import type { Analysed } from './verifierFeatures.ts';
import { objection } from './verifierGuard.ts';
import { type Intent, intentLikeness, intentOf } from './verifierIntent.ts';
import type { VerifierModel } from './verifierModel.ts';
import { standing } from './verifierStanding.ts';

/** `free`: a question without code. `code`: an instruction about the code that its scope names. */
export type Kind = 'free' | 'code';

export interface Prepared {
  readonly kind: Kind;
  readonly question: string;
  readonly form: string;
  readonly analysed: Analysed;
  /** Of instructions about code. */
  readonly intent: Intent;
}

export interface Best {
  /** Among the candidates. */
  readonly at: number;
  readonly score: number;
  /** What the score was made from, of free questions that are not equal. */
  readonly standing?: readonly number[];
}

export interface VerifierEvidence {
  readonly free: Evidence;
  readonly code: Evidence;
}

/** The same but for case, blanks and punctuation: more than any trained score. */
const EQUAL_SCORE = 100;
/** One in a thousand of those was meant otherwise (an estimate: case can be meant). */
const EQUAL_PROBABILITY = 0.999;
const NO_INTENT: Intent = { words: [], links: [], pointers: [] };

export class Verifier {
  readonly #model: VerifierModel;
  readonly #calibrations: Readonly<Record<Kind, Calibration>>;

  constructor(model: VerifierModel, evidence: VerifierEvidence) {
    this.#model = model;
    this.#calibrations = {
      free: new Calibration(evidence.free),
      code: new Calibration(evidence.code),
    };
  }

  prepare(question: string, kind: Kind): Prepared {
    const analysed = this.#model.analyse(question);
    return {
      kind,
      question,
      form: analysed.form,
      analysed,
      intent: kind === 'code' ? intentOf(question) : NO_INTENT,
    };
  }

  /** Higher is likelier; -Infinity when something objects. Both must be of one kind. */
  score(a: Prepared, b: Prepared): number {
    if (a.kind === 'code')
      return a.question === b.question ? EQUAL_SCORE : intentLikeness(a.intent, b.intent);
    if (objection(a.analysed, b.analysed) !== undefined) return Number.NEGATIVE_INFINITY;
    return a.form === b.form ? EQUAL_SCORE : this.#model.score(a.analysed, b.analysed);
  }

  /** The best of the candidates, undefined when something objects to each. Of a free question it must hold among the others. */
  best(asked: Prepared, candidates: readonly Prepared[]): Best | undefined {
    const scores = candidates.map((candidate) => this.score(asked, candidate));
    const most = Math.max(...scores);
    if (!Number.isFinite(most)) return undefined;
    const at = scores.lastIndexOf(most);
    const found = candidates[at];
    if (found === undefined || most >= EQUAL_SCORE || asked.kind === 'code') return { at, score: most };
    const row = [
      ...standing(asked.analysed, found.analysed, scores),
      ...this.#model.features(asked.analysed, found.analysed),
    ];
    return { at, score: this.#model.trust(row), standing: row };
  }

  probability(kind: Kind, score: number): number {
    if (score === Number.NEGATIVE_INFINITY) return 0;
    return score >= EQUAL_SCORE ? EQUAL_PROBABILITY : this.#calibrations[kind].probability(score);
  }

  /** The least score to serve, for a share of wrong hits of at most `bound` (0…1); 0 serves nothing. */
  threshold(kind: Kind, bound: number): number {
    if (bound <= 0) return Number.POSITIVE_INFINITY;
    return Math.min(EQUAL_SCORE, this.#calibrations[kind].threshold(bound));
  }

  /** Nothing is learned from equal questions: they are no evidence about similar ones. */
  learn(kind: Kind, score: number, verdict: 'right' | 'wrong'): void {
    if (score < EQUAL_SCORE) this.#calibrations[kind].learn(score, verdict);
  }
}
