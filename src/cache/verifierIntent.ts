/**
 * What an instruction asks of the code at hand, reduced to the words that matter: two instructions that reduce to the same
 * words in the same order ask for the same. Whatever is not known to be a filler or a synonym counts as it stands, and so
 * does every name, sign and capital: in the code at hand `user`, `users` and `User` may be three things.
 */
import { stemOf, writtenOut } from './embedWords.ts';
import {
  AFTER_A_NAME,
  BECOMING,
  COUNTABLE,
  FILLERS,
  LINKS,
  NUMBER_WORDS,
  PHRASES,
  POINTING,
  PROPER_WORDS,
  SAME_THINGS,
  SAME_VERBS,
  SELECTED_NOUNS,
} from './verifierLexicon.ts';
import { SIGN } from './verifierSymbols.ts';

export interface Intent {
  /** Canonical words in their order; verbs of doing come first. */
  readonly words: readonly string[];
  /** Before each word, and after the last: how it belongs to what goes before. */
  readonly links: readonly string[];
  /** The same of what only points at the code, and may go without saying: `add types to this`. */
  readonly pointers: readonly string[];
}

/** Raised and circled numbers too, which are others when they are written out, and what marks look like. */
const UNTOUCHED = /`[^`]+`|"[^"]+"|\p{No}|§/gu;
const TOKEN = new RegExp(
  String.raw`§\d+|${SIGN}|[\p{L}_$][\p{L}\p{M}\p{N}_$]*(?:[./][\p{L}_$][\p{L}\p{M}\p{N}_$]*)*(?:\+\+|#)?|\p{N}+(?:[.,:]\p{N}+)*`,
  'gu',
);
const BEGINS = /(^|[.?!:]\s+)$/;
/** May stand at the end as well as at the beginning. */
const MOVABLE = new Set(['explain', 'ascend', 'descend', 'jest', 'vitest']);
const TOWARDS = new Set(['to', 'into', 'as', 'with', 'in']);
/** Begin a question: no verb of doing follows. */
const ASKING = new Set('is are was were does did am'.split(' '));
/** Between two verbs. */
const CHAINING = new Set(['and', 'then', 'or', 'not']);
/** What follows is asked about, whatever it is: `what does now return`. */
const AUXILIARY = new Set(['does', 'did']);
const PRONOUNS = new Set(
  'the a an this that these those it its my our your me us i we you some all'.split(' '),
);
/** Before one of these `i` is a name. */
const BEFORE_A_NAME = new Set(['is', 'of', 'the', 'and', 'with', 'to', 'by', 'in']);
/** The words are equal and their links are not. */
const OTHERWISE_LINKED = 0.9;

export function intentOf(instruction: string): Intent {
  const marks: string[] = [];
  const marked = (text: string) => `§${marks.push(text) - 1}`;
  const quoted = instruction
    .normalize('NFC')
    .replace(UNTOUCHED, (text) => ` ${marked(text.replace(/^[`"]|[`"]$/g, ''))} `);
  const text = /\p{Ll}/u.test(quoted) ? writtenOut(quoted) : writtenOut(quoted).toLowerCase();
  const plain = [...text.matchAll(TOKEN)]
    .map(({ 0: token, index }) =>
      isName(token, BEGINS.test(text.slice(0, index))) ? marked(token) : token.toLowerCase(),
    )
    .join(' ');
  const phrased = PHRASES.reduce(
    (told, [from, to]) => told.replace(from, to).replace(/\s+/g, ' ').trim(),
    plain,
  );
  const words = phrased.split(' ').filter((word) => word !== '');
  return canonical(words, marks);
}

/** 1 when both ask for the same, else the share of words in common, times 0.9. */
export function intentLikeness(a: Intent, b: Intent): number {
  if (a.words.length === 0 || b.words.length === 0) return 0;
  if (a.words.join(' ') === b.words.join(' ')) return sameLinks(a, b) ? 1 : OTHERWISE_LINKED;
  const [inA, inB] = [new Set(a.words), new Set(b.words)];
  const both = [...inA].filter((word) => inB.has(word)).length;
  return (0.9 * both) / (inA.size + inB.size - both);
}

function sameLinks(a: Intent, b: Intent): boolean {
  const unlike = a.pointers.some((pointer, at) => {
    const other = b.pointers[at] ?? '';
    return pointer !== other && pointer !== '' && other !== '';
  });
  return !unlike && a.links.join('|') === b.links.join('|');
}

/** A name out of code, or a sign: no rule touches it. */
function isName(token: string, first: boolean): boolean {
  if (/^§/.test(token)) return false;
  if (!/^[\p{L}\p{N}]/u.test(token) || /[_$]|[\p{L}]\.[\p{L}]/u.test(token) || /^\p{L}+\p{N}/u.test(token))
    return true;
  const capital = first ? /\p{L}\p{Lu}/u : /\p{Lu}/u;
  return capital.test(token) && !PROPER_WORDS.has(token.toLowerCase());
}

interface Kept {
  readonly word: string;
  readonly link: string;
  readonly pointer: string;
}

function canonical(words: readonly string[], marks: readonly string[]): Intent {
  const kept: Kept[] = [];
  let [link, pointer]: [string[], string[]] = [[], []];
  /** What is linked is the code itself, unless a word follows. */
  let pointed = false;
  words.forEach((word, at) => {
    const said = kept.map((one) => one.word);
    if (isLink(words, at)) {
      if (pointed) pointer.push(...link.splice(0));
      link.push(word);
    } else if (!isFiller(words, at, said)) {
      const mark = /^§(\d+)$/.exec(word)?.[1];
      const same = mark === undefined ? canonicalWord(words, at, said) : `§${marks[Number(mark)]}`;
      if (said.at(-1) !== same || mark !== undefined)
        kept.push({ word: same, link: linkAfter(said, link), pointer: toward(pointer) });
      [link, pointer] = [[], []];
    }
    pointed = isFiller(words, at, said);
  });
  if (pointed) pointer.push(...link.splice(0));
  return moved(kept, { word: '', link: link.join(' '), pointer: toward(pointer) });
}

/** Comments to this code are comments for it. */
const toward = (pointer: readonly string[]) =>
  pointer.map((word) => (word === 'for' ? 'to' : word)).join(' ');

function moved(kept: readonly Kept[], end: Kept): Intent {
  const first = kept.filter(({ word }) => MOVABLE.has(word)).sort((x, y) => (x.word < y.word ? -1 : 1));
  const all = [
    ...first.map(({ word }) => ({ word, link: '', pointer: '' })),
    ...kept.filter(({ word }) => !MOVABLE.has(word)),
  ];
  return {
    words: all.map(({ word }) => word),
    links: [...all, end].map(({ link }) => link),
    pointers: [...all, end].map(({ pointer }) => pointer),
  };
}

/** What something becomes needs no link: `use tabs`, `convert to tabs`, `replace spaces with tabs`; nor what is extracted. */
function linkAfter(said: readonly string[], link: readonly string[]): string {
  const needless = said[0] === 'become' || (said[0] === 'extract' && said.length === 1);
  return link.filter((word) => !needless || !TOWARDS.has(word)).join(' ');
}

const isLink = (words: readonly string[], at: number) =>
  LINKS.has(words[at] ?? '') && !AUXILIARY.has(words[at - 1] ?? '');

/** A verb at the beginning, or after one, means what others like it do. */
function canonicalWord(words: readonly string[], at: number, said: readonly string[]): string {
  const word = words[at] ?? '';
  const stem = NUMBER_WORDS.get(word) ?? stemOf(word);
  const changed = said.some((one) => one !== 'explain');
  if (MOVABLE.has(stem) || (COUNTABLE.has(stem) && changed) || stem !== stemOf(word)) return stem;
  const asking = words.slice(0, at).some((before) => ASKING.has(before));
  if (!asking && (said.every((one) => one === 'not') || CHAINING.has(words[at - 1] ?? ''))) {
    if (BECOMING.has(stem) && words.slice(at).some((next) => TOWARDS.has(next))) return 'become';
    const verb = SAME_VERBS.get(stem);
    if (verb !== undefined) return verb;
  }
  const thing = SAME_THINGS.get(stem);
  const others = words.map((other) => stemOf(other)).filter((other) => SAME_THINGS.get(other) === thing);
  return thing !== undefined && new Set(others).size === 1 ? thing : word;
}

function isFiller(words: readonly string[], at: number, said: readonly string[]): boolean {
  const word = words[at] ?? '';
  const [before = '', next] = [words[at - 1], words[at + 1]];
  if (SELECTED_NOUNS.has(word) && POINTING.has(before))
    return before !== 'the' || next === undefined || LINKS.has(next) || FILLERS.has(next);
  if (word === 'a' || word === 'i')
    return next !== undefined && !AFTER_A_NAME.has(next) && !(word === 'i' && BEFORE_A_NAME.has(before));
  if (word === 'there') return before === 'is' || before === 'are';
  // What is added is always some; what is removed is all or some.
  if (word === 'some') return said.includes('add');
  if (word === 'all') return said.length === 1 && said[0] === 'remov';
  const asked = AUXILIARY.has(before) || before === 'the' || (before === 'explain' && next === undefined);
  return FILLERS.has(word) && !(asked && !PRONOUNS.has(word));
}
