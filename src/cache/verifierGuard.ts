/**
 * What no likeness excuses: two questions with other numbers, other names, another language, a negation more or less, other
 * signs, or two things changed round. A second opinion beside the trained score, which has seen few of these.
 */
import type { Word } from './embedWords.ts';
import type { Analysed } from './verifierFeatures.ts';

export type Objection = 'number' | 'name' | 'negation' | 'language' | 'opposite' | 'order' | 'sign';

const NEGATIONS = new Set([
  'not',
  'no',
  'never',
  'without',
  'none',
  'nor',
  'neither',
  'nothing',
  'nobody',
  'except',
]);
const LANGUAGES = new Set(
  (
    'python javascript typescript java kotlin swift rust go golang ruby php perl scala haskell elixir c c++ c# cpp csharp sql bash ' +
    'powershell lua dart julia matlab fortran cobol react vue svelte angular english german french spanish italian hindi chinese ' +
    'japanese russian portuguese korean arabic turkish tamil telugu urdu bengali mandarin'
  ).split(' '),
);
const OPPOSITES = new Map(
  (
    'ascending:descending add:remove increase:decrease more:less before:after first:last min:max minimum:maximum highest:lowest ' +
    'best:worst good:bad largest:smallest biggest:smallest public:private encode:decode encrypt:decrypt enable:disable show:hide ' +
    'import:export upload:download left:right up:down open:close start:stop male:female men:women man:woman boys:girls boy:girl ' +
    'husband:wife buy:sell gain:lose win:lose like:hate love:hate advantages:disadvantages pros:cons true:false always:never ' +
    'increase:reduce raise:lower long:short tall:short fast:slow hot:cold old:new legal:illegal possible:impossible sync:async ' +
    'synchronous:asynchronous uppercase:lowercase horizontal:vertical push:pull read:write input:output upgrade:downgrade'
  )
    .split(' ')
    .flatMap((pair): [string, string][] => {
      const [one = '', other = ''] = pair.split(':');
      return [
        [one, other],
        [other, one],
      ];
    }),
);
/** Between two things, they say which is which. */
const DIRECTED = new Set([
  'to',
  'from',
  'into',
  'than',
  'over',
  'before',
  'after',
  'above',
  'below',
  'with',
  'instead',
  'by',
]);

export function objection(a: Analysed, b: Analysed): Objection | undefined {
  const [inA, inB] = [textsOf(a), textsOf(b)];
  if (differ(numbers(a.words), numbers(b.words))) return 'number';
  if (count(a.words, NEGATIONS) !== count(b.words, NEGATIONS)) return 'negation';
  if (differ(of(a.words, LANGUAGES), of(b.words, LANGUAGES))) return 'language';
  if (opposed(inA, inB) || opposed(inB, inA)) return 'opposite';
  if (names(a.words, b).length > 0 && names(b.words, a).length > 0) return 'name';
  if (otherSigns(a, b)) return 'sign';
  return turnedRound(a, b) ? 'order' : undefined;
}

/** Often a word instead, or none: money, and, to, or; a type; a mark of its own. */
const WRITTEN_OUT = /^[\p{L}\p{N}\p{Sc}]|^[\p{P}\p{So}]$/u;

const telltale = ({ signs }: Analysed) => signs.filter((sign) => !WRITTEN_OUT.test(sign));

/** Nothing else tells two of one form apart; elsewhere a sign may be written out, so both must have some. */
function otherSigns(a: Analysed, b: Analysed): boolean {
  if (a.form === b.form) return a.signs.join(' ') !== b.signs.join(' ');
  const [inA, inB] = [telltale(a), telltale(b)];
  return inA.length > 0 && inB.length > 0 && differ(inA, inB);
}

const textsOf = ({ words }: Analysed) => new Set(words.map(({ text }) => text));
const of = (words: readonly Word[], set: ReadonlySet<string>) =>
  words.map(({ text }) => text).filter((text) => set.has(text));
const count = (words: readonly Word[], set: ReadonlySet<string>) => of(words, set).length;
const SMALL_NUMBERS = 'zero one two three four five six seven eight nine ten'.split(' ');

/** `five` is 5; `one` is left out, being a pronoun most of the time. */
function numbers(words: readonly Word[]): string[] {
  return words.flatMap(({ text, number }) => {
    const spelt = SMALL_NUMBERS.indexOf(text);
    if (number) return text === '1' ? [] : [text.replaceAll(',', '')];
    return spelt >= 0 && spelt !== 1 ? [String(spelt)] : [];
  });
}

function differ(a: readonly string[], b: readonly string[]): boolean {
  return [...new Set(a)].sort().join(' ') !== [...new Set(b)].sort().join(' ');
}

/** A word of `a` that `b` lacks, while `b` has its opposite and `a` has not. */
function opposed(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return [...a].some((word) => {
    const opposite = OPPOSITES.get(word);
    return opposite !== undefined && !b.has(word) && b.has(opposite) && !a.has(opposite);
  });
}

/** Names that the other question does not mention in any spelling. */
function names(words: readonly Word[], other: Analysed): Word[] {
  return words.filter(
    ({ name, text, stem }) =>
      name &&
      !other.words.some((word) => word.stem === stem || word.text.includes(text) || text.includes(word.text)),
  );
}

/** The same words, and two of those that matter have changed places around a word of direction. */
function turnedRound(a: Analysed, b: Analysed): boolean {
  const [stemsA, stemsB] = [telling(a), telling(b)];
  const sameWords = stemsA.toSorted().join(' ') === stemsB.toSorted().join(' ');
  return (
    sameWords &&
    stemsA.join(' ') !== stemsB.join(' ') &&
    count(a.words, DIRECTED) + count(b.words, DIRECTED) > 0
  );
}

/** Rarer than one word in about fifty questions. */
const TELLING_NATS = 4;
function telling({ words, weights }: Analysed): string[] {
  return words.filter((_, at) => (weights[at] ?? 0) >= TELLING_NATS).map(({ stem }) => stem);
}
