/** Hunks: as few and as small as the change, and any choice of them gives the text that it should. */
import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { type Random, seededRandom } from '../../src/base/random.ts';
import { growing } from '../../src/edit/alignment.ts';
import { diffLines, withHunks } from '../../src/edit/hunks.ts';
import { lineMarks } from '../../src/edit/lineMarks.ts';
import {
  type LineChange,
  type LineEnd,
  linesOf,
  smallestChange,
  type TextChange,
  textChange,
} from '../../src/edit/lines.ts';
import { PlacedHunks } from '../../src/edit/placedHunks.ts';

const SEEDS = Array.from({ length: 300 }, (_, seed) => seed + 1);

/** A text as an editor holds it: changed between two places, read by its lines. */
class Document {
  #text: string;
  readonly #lineEnd: LineEnd;

  constructor(lines: readonly string[], lineEnd: LineEnd = '\n') {
    this.#text = lines.join(lineEnd);
    this.#lineEnd = lineEnd;
  }

  get text(): string {
    return this.#text;
  }

  get lines(): string[] {
    return linesOf(this.#text);
  }

  put(change: LineChange): TextChange {
    const { lines } = this;
    const lengths = { lineCount: lines.length, lengthOf: (line: number) => lines[line]?.length ?? 0 };
    const made = textChange(lengths, change, this.#lineEnd);
    this.apply(made);
    return made;
  }

  apply({ startLine, startColumn, endLine, endColumn, text }: TextChange): void {
    this.#text =
      this.#text.slice(0, this.#offset(startLine, startColumn)) +
      text +
      this.#text.slice(this.#offset(endLine, endColumn));
  }

  #offset(line: number, column: number): number {
    const before = this.lines.slice(0, line);
    return before.reduce((sum, one) => sum + one.length + this.#lineEnd.length, 0) + column;
  }
}

suite('hunks', () => {
  test('lines that follow each other are one hunk, lines between them make two', () => {
    const { hunks } = diffLines(linesOf('a\nb\nc\nd\ne'), linesOf('a\nB\nC\nd\nE\nf'));

    assert.deepEqual(
      hunks.map(({ id, oldLine, oldLines, newLine, newLines }) => [id, oldLine, oldLines, newLine, newLines]),
      [
        [1, 1, ['b', 'c'], 1, ['B', 'C']],
        [2, 4, ['e'], 4, ['E', 'f']],
      ],
    );
  });

  test('a line that differs in its trailing blanks only is left as it was', () => {
    const { lines, hunks } = diffLines(['a  ', 'b', 'c\t'], ['a', 'B', 'c']);

    assert.deepEqual([lines, hunks.length], [['a  ', 'B', 'c\t'], 1]);
  });

  test('all hunks give the new text, none the old one, and a choice is the same in any order', () => {
    for (const seed of SEEDS) {
      const random = seededRandom(seed);
      const [before, after] = [someLines(random), someLines(random)];
      const { lines, hunks } = diffLines(before, after);
      const chosen = new Set(hunks.filter(() => random() < 0.5).map(({ id }) => id));

      assert.deepEqual(
        withHunks(before, hunks, () => true),
        lines,
        `seed ${seed}`,
      );
      assert.deepEqual(
        lines.map((line) => line.trimEnd()),
        after.map((line) => line.trimEnd()),
        `seed ${seed}`,
      );
      assert.deepEqual(
        withHunks(before, hunks, () => false),
        before,
        `seed ${seed}`,
      );
      const wanted = withHunks(before, hunks, (id) => chosen.has(id)).join('\n');
      for (let round = 0; round < 3; round += 1) {
        const document = new Document(lines);
        const placed = new PlacedHunks(hunks, 0);
        for (const { id } of shuffled(hunks, random)) decide(document, placed, id, chosen.has(id));
        assert.equal(document.text, wanted, `seed ${seed}`);
        assert.deepEqual([placed.accepted, placed.rejected], [chosen.size, hunks.length - chosen.size]);
      }
    }
  });

  test('with the line ends of Windows, every line end is one of Windows in the end', () => {
    for (const seed of SEEDS) {
      const random = seededRandom(seed);
      const [before, after] = [someLines(random), someLines(random)];
      const { lines, hunks } = diffLines(before, after);
      const document = new Document(lines, '\r\n');
      const placed = new PlacedHunks(hunks, 0);

      for (const { id } of shuffled(hunks, random)) decide(document, placed, id, random() < 0.5);

      assert.equal(document.text.replaceAll('\r\n', '').search(/[\r\n]/), -1, `seed ${seed}`);
    }
  });

  test('changes of others above, below and between move hunks, and what is rejected is exactly theirs', () => {
    for (const seed of SEEDS) {
      const random = seededRandom(seed);
      const [before, after] = [someLines(random), someLines(random)];
      const { lines, hunks } = diffLines(before, after);
      const document = new Document(['above', ...lines, 'below']);
      const placed = new PlacedHunks(hunks, 1);
      let foreign = 0;

      for (const { id } of shuffled(hunks, random)) {
        foreign += disturb(document, placed, random);
        decide(document, placed, id, false);
      }

      assert.equal(placed.lost, 0, `seed ${seed}`);
      const own = document.lines.filter((line) => !line.startsWith('foreign'));
      assert.deepEqual(own, ['above', ...before, 'below'], `seed ${seed}`);
      assert.equal(document.lines.length - own.length, foreign, `seed ${seed}`);
    }
  });

  test('whatever others change, no hunk that is left takes a letter of theirs away', () => {
    for (const seed of SEEDS) {
      const random = seededRandom(seed);
      const { lines, hunks } = diffLines(someLines(random), someLines(random));
      const document = new Document(['above', ...lines, 'below']);
      const placed = new PlacedHunks(hunks, 1);
      for (let change = 0; change < 4; change += 1) anywhere(document, placed, random);
      const typed = countOf(document.text, '§');

      for (const { hunk, line } of placed.open) {
        assert.deepEqual(
          document.lines.slice(line, line + hunk.newLines.length),
          hunk.newLines,
          `seed ${seed}`,
        );
      }
      for (const { hunk } of [...placed.open]) decide(document, placed, hunk.id, false);

      assert.equal(countOf(document.text, '§'), typed, `seed ${seed}`);
      assert.equal(placed.lost + placed.rejected, hunks.length);
    }
  });

  test('the smallest change leads from one text to the other, and is none between equal ones', () => {
    for (const seed of SEEDS) {
      const random = seededRandom(seed);
      const [before, after] = [someLines(random), someLines(random)];
      const document = new Document(before);
      const change = smallestChange(before, after);

      if (change !== undefined) document.put(change);

      assert.deepEqual(document.lines, after, `seed ${seed}`);
      assert.equal(smallestChange(after, [...after]), undefined);
    }
  });

  test('while an answer grows, what it has not reached stays, and its end is the new text', () => {
    for (const seed of SEEDS) {
      const random = seededRandom(seed);
      const before = Array.from({ length: 30 }, (_, line) => `statement ${line};`);
      const after = before.flatMap((line) =>
        random() < 0.1 ? [] : random() < 0.15 ? [`${line} more`, 'new one'] : [line],
      );
      for (let said = 0; said <= after.length; said += 1) {
        const { lines, rest } = growing(before, after.slice(0, said));
        assert.deepEqual(lines.slice(0, rest), after.slice(0, said));
        assert.ok(before.join('\n').endsWith(lines.slice(rest).join('\n')), `seed ${seed}`);
      }
      assert.ok(growing(before, after).lines.length - after.length <= 12, `seed ${seed}`);
    }
  });

  test('ten thousand other lines end soon as one hunk; a few in ten thousand are found one by one', () => {
    const before = Array.from({ length: 10_000 }, (_, line) => `old ${line}`);
    const other = before.map((line) => line.replace('old', 'new'));
    const few = before.map((line, index) => (index % 25 === 0 ? `${line}!` : line));

    assert.equal(diffLines(before, other).hunks.length, 1);
    assert.equal(diffLines(before, few).hunks.length, 400);
  });

  test('what each new line was before, and which of its words are new', () => {
    const { hunks } = diffLines(['let a = 1;', 'x();', 'y();'], ['let a = 22;']);
    const [other] = diffLines(['let a = 1;'], ['return sum(all);']).hunks;
    const [removal] = diffLines(['a', '', 'b'], ['a']).hunks;

    const marks = hunks.flatMap(lineMarks);

    assert.deepEqual(marks, [
      { line: 0, more: 2, words: [{ from: 8, to: 10 }], removedWords: [{ at: 8, text: '1' }] },
    ]);
    assert.ok(removal && other);
    assert.deepEqual(lineMarks(other), [
      { line: 0, removed: 'let a = 1;', more: 0, words: [], removedWords: [] },
    ]);
    assert.deepEqual(lineMarks(removal), [{ line: -1, removed: 'b', more: 1, words: [], removedWords: [] }]);
  });
});

function decide(document: Document, placed: PlacedHunks, id: number, accept: boolean): void {
  if (accept) {
    placed.accept(id);
    return;
  }
  const change = placed.rejection(id);
  assert.ok(change, 'the hunk is still there');
  document.put(change);
  placed.reject(id);
}

/** Puts a line above, below or between hunks; the number of lines. */
function disturb(document: Document, placed: PlacedHunks, random: Random): number {
  const inside = (line: number) =>
    placed.open.some((one) => line > one.line && line < one.line + one.hunk.newLines.length);
  const line = Math.floor(random() * (document.lines.length + 1));
  if (inside(line)) return 0;
  const made = document.put({ from: line, to: line, lines: [`foreign ${line}`] });
  placed.rebase(made);
  return 1;
}

/** Replaces any piece of text by another one. */
function anywhere(document: Document, placed: PlacedHunks, random: Random): void {
  const { lines } = document;
  const place = () => {
    const line = Math.floor(random() * lines.length);
    return { line, column: Math.floor(random() * ((lines[line]?.length ?? 0) + 1)) };
  };
  const [start, end] = [place(), place()].toSorted(
    (one, other) => one.line - other.line || one.column - other.column,
  );
  assert.ok(start && end);
  const near = random() < 0.7 ? start : end;
  const text = ['§', '§\n', '\n§', '', '\n'][Math.floor(random() * 5)] ?? '';
  const change = {
    startLine: start.line,
    startColumn: start.column,
    endLine: near.line,
    endColumn: near.column,
    text,
  };
  document.apply(change);
  placed.rebase(change);
}

/** A few kinds of lines, so that equal ones come often. */
function someLines(random: Random): string[] {
  const length = 1 + Math.floor(random() * 14);
  return Array.from({ length }, () => ['a', 'bb', 'ccc', '', '}', 'bb '][Math.floor(random() * 6)] ?? '');
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ item }) => item);
}

const countOf = (text: string, part: string): number => text.split(part).length - 1;
