/** What is said of a decision after it was made: its variants, and that another model had to stand in. */
import type { AnySluiceError } from '../base/errors.ts';
import type { Decision, Option } from '../routing/decision.ts';
import type { Trial } from './trials.ts';

/** The decision says which variants it was made with. */
export function tried(decision: Decision, { assigned }: Trial): Decision {
  const said = assigned.map(({ experiment, variant }) => ({
    kind: 'experiment' as const,
    experiment,
    variant,
  }));
  return { ...decision, reasons: [...decision.reasons, ...said] };
}

export function platformOf(option: Option): string {
  return option.modelKey.slice(0, option.modelKey.indexOf('/'));
}

export function fellBack(decision: Decision, to: Option, failure: AnySluiceError): Decision {
  const from = decision.chosen;
  const { nextCheaper: _cheaper, nextDearer: _dearer, ...rest } = decision;
  return {
    ...rest,
    chosen: to,
    reasons: [...decision.reasons, { kind: 'fell-back', from: from.label, code: failure.code }],
    fallbacks: decision.fallbacks.filter((option) => option !== to),
  };
}
