/** What the checks of an answer said, in the person's language. */
import * as vscode from 'vscode';
import type { CheckKind, CheckResult, CheckWhy } from '../base/check.ts';

const t = vscode.l10n.t;

export function checkName(check: CheckKind): string {
  const names: Record<CheckKind, string> = {
    complete: t('complete'),
    applies: t('can be applied'),
    parses: t('parses'),
    diagnostics: t('no new problems'),
    tests: t('your tests'),
    judge: t('another model'),
  };
  return names[check];
}

/** `complete ✓, parses ✓, another model ?`; the reasons of what is not a pass follow in `whys`. */
export function checkedWords(checks: readonly CheckResult[]): string {
  return checks.map(({ check, verdict }) => `${checkName(check)} ${MARKS[verdict]}`).join(', ');
}

const MARKS = { pass: '✓', fail: '✗', unknown: '?' } as const;

/** One line for each check that did not pass. */
export function checkWhys(checks: readonly CheckResult[]): readonly string[] {
  return checks.flatMap(({ check, why }) =>
    why === undefined ? [] : [`${checkName(check)}: ${checkWhyWords(why)}`],
  );
}

export function failureWords({ why }: CheckResult): string {
  return why === undefined ? '' : checkWhyWords(why);
}

export function wentUpWords(from: string, failure: CheckResult): string {
  return t(
    'The answer of {0} was not good enough: {1}. A stronger model was asked',
    from,
    failureWords(failure),
  );
}

export function checkWhyWords(why: CheckWhy): string {
  switch (why.kind) {
    case 'syntax':
      return syntaxWords(why);
    case 'new-problems':
      return t('errors in the file: {0} before, {1} after', why.before, why.after);
    case 'tests-failed':
      return t('your tests fail (exit code {0})', why.exitCode);
    case 'judged':
      return t('another model objects: {0}', why.text);
    case 'no-grammar':
      return why.language === ''
        ? t('nobody knows which language it is in')
        : t('no grammar for {0} is at hand', why.language);
    case 'timed-out':
      return t('it took longer than {0} s', Math.round(why.afterMs / 1_000));
    default:
      return simpleWords(why.kind);
  }
}

type Simple = Exclude<
  CheckWhy['kind'],
  'syntax' | 'new-problems' | 'tests-failed' | 'judged' | 'no-grammar' | 'timed-out'
>;

function simpleWords(kind: Simple): string {
  const words: Record<Simple, string> = {
    cut: t('it was cut off'),
    length: t('it reached the length limit'),
    refused: t('the model declined'),
    stopped: t('it stopped before its end'),
    empty: t('it is empty'),
    'open-fence': t('its block of code has no end'),
    'no-code': t('it holds no code'),
    'no-names': t('it proposes no name'),
    'no-message': t('it holds no message'),
    elision: t('it leaves code out'),
    'several-blocks': t('it holds several versions'),
    'wrong-file': t('it is about another file'),
    half: t('it is only half there'),
    unchanged: t('it changes nothing'),
    'too-long': t('it is too long for this check'),
    broke: t('the check itself failed'),
    'not-trusted': t('this workspace is not trusted'),
    'not-started': t('the test command could not be started'),
    'failed-before': t('it was not right before either'),
    'no-judge': t('no other model may judge it'),
    'over-budget': t('it would cost more than this request may'),
    unclear: t('the other model gave no clear verdict'),
    closed: t('the file was closed'),
    taken: t('you had decided before it could tell'),
    'not-placed': t('it could not be put into the file'),
    'no-server': t('nothing here reports problems in such files'),
    unsettled: t('it was not known yet which problems the file had before'),
  };
  return words[kind];
}

function syntaxWords({ before, after, line }: Extract<CheckWhy, { kind: 'syntax' }>): string {
  const place = line === undefined ? t('it does not parse') : t('it does not parse, first in line {0}', line);
  return before === 0 ? place : `${place} ${t('({0} errors before, {1} after)', before, after)}`;
}
