/** The words of a question as the semantic level sees them: lower case, contractions written out, numbers whole. */

export interface Word {
  /** Lower case; digits and their separators stay together (`3.10`), `c++` and `c#` too. */
  readonly text: string;
  /** The text without the commonest English endings; equal to `text` for short words and numbers. */
  readonly stem: string;
  /** Written with a capital letter where English would not ask for one: a name, most often. */
  readonly name: boolean;
  readonly number: boolean;
}

const WORD = /\p{N}+(?:[.,:]\p{N}+)*|[\p{L}_][\p{L}\p{M}\p{N}_]*(?:\+\+|#)?/gu;
const CONTRACTIONS: readonly (readonly [RegExp, string])[] = [
  [/[’‘`´]/g, "'"],
  [/\bcan't\b/gi, 'can not'],
  [/\bwon't\b/gi, 'will not'],
  [/n't\b/gi, ' not'],
  [/\b(what|who|how|where|when|why|that|it|there|here)'s\b/gi, '$1 is'],
  [/'re\b/gi, ' are'],
  [/'ve\b/gi, ' have'],
  [/'ll\b/gi, ' will'],
  [/\bi'm\b/gi, 'i am'],
  [/'d\b/gi, ' would'],
  [/'s\b/gi, ''],
  [/\bcannot\b/gi, 'can not'],
];
/** A question of more words is compared by its first ones. */
const MOST_WORDS = 64;

export function wordsOf(question: string): Word[] {
  const plain = writtenOut(question);
  const words: Word[] = [];
  for (const match of plain.matchAll(WORD)) {
    const [raw] = match;
    const text = raw.toLowerCase();
    const starts = /(^|[.?!:"(]\s*)$/.test(plain.slice(Math.max(0, match.index - 4), match.index));
    const number = /^\p{N}/u.test(raw);
    const name = !number && raw !== text && raw !== 'I' && (!starts || /\p{Lu}/u.test(raw.slice(1)));
    words.push({ text, stem: number ? text : stemOf(text), name, number });
    if (words.length === MOST_WORDS) break;
  }
  return words;
}

/** Without contractions: `don't` is `do not`. */
export function writtenOut(question: string): string {
  return CONTRACTIONS.reduce((text, [from, to]) => text.replace(from, to), question.normalize('NFKC'));
}

/** Case, blanks and punctuation apart, two questions are the same when these are equal. */
export function sameForm(question: string): string {
  return (
    question
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}_+#]+/gu) ?? []
  ).join(' ');
}

/** Takes off plural, past and progressive endings; wrong for some words, but the same way on both sides. */
export function stemOf(word: string): string {
  if (word.length <= 3) return word;
  let stem = word;
  if (stem.endsWith('ies') && stem.length > 4) stem = `${stem.slice(0, -3)}y`;
  else if (/(ss|x|ch|sh)es$/.test(stem)) stem = stem.slice(0, -2);
  else if (/[^su]s$/.test(stem)) stem = stem.slice(0, -1);
  const cut = /^(.*[aeiouy].*?)(ing|ed)$/.exec(stem);
  if (cut?.[1] !== undefined && cut[1].length >= 3) stem = cut[1].replace(/([bdfgmnprt])\1$/, '$1');
  if (stem.length > 5 && stem.endsWith('ly')) stem = stem.slice(0, -2);
  return stem.length > 3 && stem.endsWith('e') ? stem.slice(0, -1) : stem;
}

/** FNV-1a over UTF-16 units, finished so that the low bits are well mixed. */
export function hashOf(text: string, seed = 0): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
