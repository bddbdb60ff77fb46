/**
 * What a question says with signs instead of words: operators, flags, escapes, brackets, emoji. Two questions can be the
 * same but for these and mean different things (`?.` and `??`, `-d` and `-D`). Sentence punctuation, quotation marks, a
 * hyphen or a slash within a word and parentheses around words say nothing.
 */

/** As a part of an expression, which must be global and read Unicode. */
export const SIGN = [
  // An emoji with all that belongs to it, a flag of two letters.
  String.raw`\p{Extended_Pictographic}[\p{M}\p{Emoji_Modifier}\u200d\p{Extended_Pictographic}]*|\p{RI}\p{RI}`,
  // Brackets, but for parentheses that touch a word.
  String.raw`[[\]{}]|(?<=^|\s)[()]+(?=\s|$)`,
  // -d, \D, $x, --force, !done, .map: with the letter when it is one alone, for its case.
  String.raw`(?<![^\s([{"'])[-\\%$@~.!]+(?=[\p{L}\p{N}_])(?:\p{L}(?![\p{L}\p{N}_]))?|\\\p{L}?`,
  // Operators, but for the end of a sentence behind them and the plus signs of C++.
  String.raw`(?<=\s)\.{2,}(?=\s)|[<>=!*&|^%~/?.:-]*(?:[<>=*&|^%~]|(?<!\p{L}\+?)\+)+(?:[!/?.:-]+(?=\S))?`,
  String.raw`\?[.?:]+(?=\s+\S|\p{L})|::+|(?<=[\p{L}\p{N}])--(?=$|[\s\p{L}])`,
  // Between numbers or words, behind a number; alone between blanks; after a word in the middle.
  String.raw`(?<=\p{N}\s?)[-/](?=\s?\p{N})|(?<=[\p{L}\p{N}])[:;](?=\p{L})|(?<=\p{N})["']`,
  String.raw`(?<=\s)["'.,:;?!/\\](?=\s+\p{Ll})|(?<=^|\s)[#@$\\_"'](?=\s|$)|(?<=\p{L})[?!](?=\s+\p{Ll}|[)\]}])`,
  // A single letter as a text.
  String.raw`(?<=^|[\s(])(?<quote>["'])(?=\p{L}\k<quote>)`,
  // What else is no letter: money, degrees, powers, halves.
  String.raw`(?!\+)[\p{Sm}\p{Sc}\p{So}\p{No}]`,
].join('|');

/** Types of programming languages that differ by case, where no sentence begins: `self` and `Self`. */
const CASED = String.raw`(?<=[^\s.?!:]["'(]?\s+["'(]?)(?:[Ss]elf|[Ss]tring|[Oo]bject|[Ii]nteger|[Nn]umber|[Bb]oolean|[Ss]ymbol)(?![\p{L}\p{N}_])`;
const SIGNS = new RegExp(`${SIGN}|${CASED}`, 'gu');

/** In their order. */
export function signsOf(question: string): string[] {
  const plain = question
    .normalize('NFC')
    .replace(/[‘’`´]/g, "'")
    .replace(/[“”]/g, '"');
  return [...plain.matchAll(SIGNS)].map(([sign]) => sign);
}
