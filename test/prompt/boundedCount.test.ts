import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { countTokens } from 'gpt-tokenizer/encoding/cl100k_base';
import { suite, test } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import { boundedCount, LONGEST_STRETCH, MOST_COUNTED_CHARS } from '../../src/prompt/boundedCount.ts';

const random = seededRandom(41);
const from = (alphabet: readonly string[], length: number) =>
  Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
const letters = (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => String.fromCodePoint(first + index));

const real = (text: string) => countTokens(text, { disallowedSpecial: new Set() });

const TEXTS: Readonly<Record<string, string>> = {
  '50,000 blanks': ' '.repeat(50_000),
  '50,000 tabs and line ends': '\t\r\n'.repeat(17_000),
  'a base64 line of 1 MB': from([...letters(65, 26), ...letters(97, 26), '+', '/'], 1_048_576),
  '100,000 equal emojis': '😀'.repeat(100_000),
  '100,000 emojis': from(letters(0x1f300, 500), 100_000),
  '100,000 letters without a blank': from(letters(97, 26), 100_000),
  'Chinese without a blank': from(letters(0x4e00, 5_000), 100_000),
  'stretches just short of the limit': `${'x'.repeat(LONGEST_STRETCH - 1)} `.repeat(10_000),
  'halves of surrogate pairs': '\udc00'.repeat(10_000),
  empty: '',
};

/** What byte-pair merging costs at most: the square of each stretch without a break. */
function effortOf(piece: string): number {
  return (piece.match(/\s+|\S+/g) ?? []).reduce((sum, stretch) => sum + stretch.length ** 2, 0);
}

suite('a bounded count', () => {
  for (const [name, text] of Object.entries(TEXTS)) {
    test(`takes a bounded effort: ${name}`, () => {
      let effort = 0;
      let chars = 0;
      boundedCount(text, (piece) => {
        effort += effortOf(piece);
        chars += piece.length;
        return 1;
      });

      assert.ok(chars <= Math.min(text.length, MOST_COUNTED_CHARS));
      assert.ok(effort <= MOST_COUNTED_CHARS * (LONGEST_STRETCH + 2));
    });
  }

  test('ordinary text is counted to a token in a thousand', () => {
    for (const file of ['boundedCount.test.ts', 'prompt.test.ts']) {
      const text = readFileSync(new URL(file, import.meta.url), 'utf8');

      const exact = real(text);
      assert.ok(Math.abs(boundedCount(text, real) - exact) <= Math.ceil(exact / 1_000));
    }
  });

  test('a long text is counted in parts that stand for the whole', () => {
    const text = 'const total = items.reduce((sum, item) => sum + item.price, 0);\n'.repeat(20_000);
    const whole = real(text);

    assert.ok(Math.abs(boundedCount(text, real) / whole - 1) < 0.02);
  });

  test('with the real tokenizer each of these texts is a matter of milliseconds', function () {
    this.timeout(60_000);
    real('warm up');
    for (const [name, text] of Object.entries(TEXTS)) {
      const tokens = boundedCount(text, real);

      assert.ok(tokens >= 0 && tokens <= text.length * 4, name);
    }
  });

  test('a pair is not torn apart', () => {
    let joined = '';
    boundedCount('😀'.repeat(1_000), (piece) => {
      assert.ok(piece.isWellFormed());
      joined += piece;
      return 1;
    });

    assert.equal(joined, '😀'.repeat(1_000));
  });
});
