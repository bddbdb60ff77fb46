/** The words for what the checks of an answer say. */

/** From cheap to dear. */
export const CHECKS = ['complete', 'applies', 'parses', 'diagnostics', 'tests', 'judge'] as const;

export type CheckKind = (typeof CHECKS)[number];

/** `unknown`: the check could not tell, which is never a pass. */
export const VERDICTS = ['pass', 'fail', 'unknown'] as const;

export type Verdict = (typeof VERDICTS)[number];

/** Reasons without a number: what is wrong with an answer, or why a check cannot tell. */
export const PLAIN_WHYS = [
  'cut',
  'length',
  'refused',
  'stopped',
  'empty',
  'open-fence',
  'no-code',
  'no-names',
  'no-message',
  'elision',
  'several-blocks',
  'wrong-file',
  'half',
  'unchanged',
  'too-long',
  'broke',
  'not-trusted',
  'not-started',
  'failed-before',
  'no-judge',
  'over-budget',
  'unclear',
  'closed',
  'taken',
  'not-placed',
  'no-server',
  'unsettled',
] as const;

/** Why an answer failed, or why nobody can tell. Numbers are counts; lines are counted from 1. */
export type CheckWhy =
  | { readonly kind: (typeof PLAIN_WHYS)[number] }
  /** `line` is where the first error of the new code stands: in the file if the whole of it was read, else in the code. */
  | { readonly kind: 'syntax'; readonly before: number; readonly after: number; readonly line?: number }
  | { readonly kind: 'new-problems'; readonly before: number; readonly after: number }
  | { readonly kind: 'tests-failed'; readonly exitCode: number }
  /** In the judge's own words. */
  | { readonly kind: 'judged'; readonly text: string }
  | { readonly kind: 'no-grammar'; readonly language: string }
  | { readonly kind: 'timed-out'; readonly afterMs: number };

export interface CheckVerdict {
  readonly verdict: Verdict;
  /** Absent for a pass. */
  readonly why?: CheckWhy;
  /** What it cost in money; absent: nothing. */
  readonly usd?: number;
}

export interface CheckResult extends CheckVerdict {
  readonly check: CheckKind;
  readonly ms: number;
}

export const PASSED: CheckVerdict = { verdict: 'pass' };

export function failed(why: CheckWhy): CheckVerdict {
  return { verdict: 'fail', why };
}

export function unknown(why: CheckWhy): CheckVerdict {
  return { verdict: 'unknown', why };
}

/** The check that failed; undefined where none did. */
export function failureIn(results: readonly CheckResult[]): CheckResult | undefined {
  return results.find(({ verdict }) => verdict === 'fail');
}
