/** What became of an answer, in the person's language. */
import type { Outcome, OutcomeFacts } from '../routing/outcomes.ts';
import type { Translate } from './panelTexts.ts';

/** Below this share of changed lines an edit counts as left alone. */
const LEFT_ALONE = 0.01;

/** `outcomes` are those of one answer, oldest first; of each kind the newest is said. */
export function outcomeWords(
  outcomes: readonly Outcome[],
  percent: (share: number) => string,
  t: Translate,
): string | undefined {
  const newest = new Map(outcomes.map((outcome) => [outcome.kind, outcome]));
  // What was undone is not there any more to be kept, changed or checked.
  const told = newest.has('undone') ? [...newest.values()].filter(isBeyondUndo) : [...newest.values()];
  const words = told.flatMap((outcome) => wordsOf(outcome, percent, t) ?? []);
  return words.length === 0 ? undefined : words.join(', ');
}

function isBeyondUndo({ kind }: Outcome): boolean {
  return kind !== 'edited-after' && kind !== 'problems';
}

/** Undefined where there is nothing to say: a cancelled answer says so itself. */
function wordsOf(facts: OutcomeFacts, percent: (share: number) => string, t: Translate): string | undefined {
  switch (facts.kind) {
    case 'edit-settled':
      return settledWords(facts, t);
    case 'edited-after':
      return facts.share < LEFT_ALONE ? t('kept') : t('changed {0} afterwards', percent(facts.share));
    case 'undone':
      return t('undone');
    case 'problems':
      return problemWords(facts.after - facts.before, t);
    case 'unusable':
      return t('could not be used');
    case 'asked-again':
      return t('asked again');
    case 'asked-fresh':
      return t('asked fresh');
    case 'asked-stronger':
      return t('asked stronger');
    case 'copied':
      return t('copied');
    case 'used':
      return t('used');
    case 'thumbs':
      return facts.up ? t('found good') : t('found not good');
    case 'tested':
      return facts.passed ? t('tests pass') : t('tests fail');
    case 'checked':
    case 'cancelled':
      return undefined;
  }
}

function settledWords(
  { accepted, rejected, lost }: Extract<OutcomeFacts, { kind: 'edit-settled' }>,
  t: Translate,
): string | undefined {
  const all = accepted + rejected + lost;
  if (all === 0) return undefined;
  if (accepted === all) return t('accepted');
  if (accepted > 0) return t('accepted {0} of {1}', accepted, all);
  return rejected > 0 ? t('rejected') : t('lost: its text changed');
}

function problemWords(more: number, t: Translate): string | undefined {
  if (more === 0) return undefined;
  if (more === 1) return t('1 problem more');
  if (more === -1) return t('1 problem less');
  return more > 0 ? t('{0} problems more', more) : t('{0} problems less', -more);
}
