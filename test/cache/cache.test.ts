import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import {
  CodeDigests,
  type FingerprintInput,
  fingerprint,
  type Hasher,
  normaliseCode,
} from '../../src/cache/fingerprint.ts';
import { MemoryCache } from '../../src/cache/memoryCache.ts';
import { sha256 } from '../../src/node/sha256.ts';
import { FakeClock } from '../support/fakeClock.ts';

const BASE: FingerprintInput = {
  modelClass: 'm',
  promptVersion: '1',
  task: 'explain',
  instruction: 'why',
  language: 'typescript',
  code: 'let a = 1;',
  context: ['file.ts', ''],
};

const keyOfCode = (code: string) => fingerprint({ ...BASE, code }, sha256);

suite('fingerprint', () => {
  test('a change of any part is another key', () => {
    const variants: FingerprintInput[] = [
      BASE,
      { ...BASE, modelClass: 'n' },
      { ...BASE, promptVersion: '2' },
      { ...BASE, task: 'fix' },
      { ...BASE, instruction: 'Why' },
      { ...BASE, language: 'javascript' },
      { ...BASE, code: 'let a = 2;' },
      { ...BASE, code: '  let a = 1;' },
      { ...BASE, context: ['file.ts', 'x'] },
      { ...BASE, context: ['file.ts'] },
      { ...BASE, instruction: 'whylet', code: ' a = 1;' },
    ];

    const keys = new Set(variants.map((variant) => fingerprint(variant, sha256)));

    assert.equal(keys.size, variants.length);
  });

  test('moving a boundary between parts is another key', () => {
    assert.notEqual(sha256(['ab', 'c']), sha256(['a', 'bc']));
    assert.notEqual(sha256(['1:a']), sha256(['', 'a']));
    assert.notEqual(sha256(['a', '']), sha256(['a']));
  });

  test('texts that UTF-8 cannot tell apart are other keys, in short and in long', () => {
    for (const length of [1, 20_000]) {
      const texts = ['\ud800', '\ud801', '\ufffd', '?'].map((sign) => sign.repeat(length));

      assert.equal(new Set(texts.map((text) => sha256([text]))).size, texts.length);
    }
    const long = 'x'.repeat(9_000);
    assert.equal(
      new Set(
        [
          ['a', long, long],
          ['a', long + long],
          [`a${long}`, long],
        ].map(sha256),
      ).size,
      3,
    );
  });

  test('what counts is the code as it is compared, around the length from which its digest stands for it', () => {
    const line = 'const value = 1;';
    for (const lines of [1, 119, 120, 121, 122, 200]) {
      const code = Array.from({ length: lines }, () => line);
      const [unix, windows] = [code.join('\n'), code.join(' \r\n')];
      const keyOf = (text: string, digests?: CodeDigests) =>
        fingerprint({ ...BASE, code: text }, sha256, digests);
      const digests = new CodeDigests(sha256);

      assert.equal(keyOf(windows), keyOf(unix));
      assert.equal(keyOf(windows, digests), keyOf(windows, digests));
      assert.notEqual(keyOf(`${unix};`), keyOf(unix));
    }
    // A text that looks like the digest of another one.
    const long = `${line}\n`.repeat(200).trim();
    assert.notEqual(keyOfCode(sha256([long])), keyOfCode(long));
    assert.notEqual(keyOfCode(`#${sha256([long])}`), keyOfCode(long));
  });

  test('a key that is remembered is the one that is made anew, for more texts and requests than are remembered', () => {
    const digests = new CodeDigests(sha256);
    let [made, remembered] = [0, 0];
    const counted: Hasher = (parts) => {
      made += 1;
      return sha256(parts);
    };
    for (let turn = 0; turn < 3; turn += 1) {
      for (let text = 0; text < 40; text += 1) {
        const code = `if (a) {\n  b(${text});\n}`;
        for (const same of [code, code.replaceAll('\n', ' \r\n'), code.replace('  ', '    ')]) {
          made = 0;
          const input = { ...BASE, code: same };

          assert.equal(fingerprint(input, counted, digests), fingerprint({ ...BASE, code }, sha256));
          if (made === 1) remembered += 1;
        }
      }
    }
    assert.equal(remembered, 2 * 40 * 3);
    assert.notEqual(
      fingerprint({ ...BASE, code: 'a(0)' }, sha256, digests),
      fingerprint({ ...BASE, code: 'a(0)', context: [] }, sha256, digests),
    );
    // Of all these the first one is forgotten.
    for (let text = 0; text < 2_048; text += 1) fingerprint({ ...BASE, code: `c(${text})` }, sha256, digests);
    made = 0;
    fingerprint({ ...BASE, code: 'if (a) {\n  b(0);\n}' }, counted, digests);
    assert.equal(made, 2);
  });

  test('indentation is no part of the key, but where a text may span lines', () => {
    const code = (inner: string, step: string) => `f(\n${step}${inner}\n${step}${step}b\n)`;
    const isSame = (inner: string) => keyOfCode(code(inner, '  ')) === keyOfCode(code(inner, '    '));

    for (const plain of ['a', '"x"', "'y'", 'a \\ b', 'r#x']) assert.ok(isSame(plain), plain);
    for (const spanning of ['`', '"""', "'''", 'R"(', '@"', 'r"', 'r#"', 'r##"', '\\', '\\\u2028'])
      assert.ok(!isSame(spanning), spanning);
    assert.notEqual(keyOfCode('{\n  a\n}\\'), keyOfCode('{\n    a\n}\\'));
  });

  test('the normalisation is idempotent and keeps indentation and inner blanks', () => {
    const random = seededRandom(5);
    const letters = ['a', ' ', '\t', '\n', '\r\n', 'b', '"x  y"', '\r'];
    for (let run = 0; run < 2_000; run += 1) {
      const code = Array.from({ length: 30 }, () => letters[Math.floor(random() * letters.length)]).join('');
      const once = normaliseCode(code, 'python');

      assert.equal(normaliseCode(once, 'python'), once);
    }
    assert.equal(normaliseCode('\n\n  a  b \n\tc\t\n\n', 'python'), '  a  b\n\tc');
  });

  test('where line endings, blanks at line ends or indentation mean something, they are a part of the key', () => {
    const others: readonly (readonly [language: string, one: string, other: string])[] = [
      ['markdown', 'a  \nb', 'a\nb'],
      ['shellscript', 'make \\\n  all', 'make \\ \n  all'],
      ['shellscript', '#!/bin/sh\r\nls', '#!/bin/sh\nls'],
      ['shellscript', 'cat <<END\na \nEND', 'cat <<END\na\nEND'],
      ['makefile', 'A = b \nC = d', 'A = b\nC = d'],
      ['makefile', 'all:\n\tls', 'all:\n  ls'],
      ['yaml', 'a: |\n  b \n', 'a: |\n  b\n'],
      ['yaml', 'a: |+\n  b\n\n', 'a: |+\n  b\n'],
      ['tsv', 'a\tb\t\nc\td\te', 'a\tb\nc\td\te'],
      ['sql', "SELECT 'a \nb'", "SELECT 'a\nb'"],
      ['python', 'if a:\n  b', 'if a:\n    b'],
      ['python', 's = """a \nb"""', 's = """a\nb"""'],
      ['python', 'a = b + \\\n  c', 'a = b + \\ \n  c'],
      ['c', '#define A b \\\n  c', '#define A b \\ \n  c'],
      ['typescript', 'f(`a \nb`)', 'f(`a\nb`)'],
      ['typescript', '\n\n`a`\n', '`a`'],
      ['typescriptreact', '<a title="b\n  c">d</a>', '<a title="b\n    c">d</a>'],
      ['rust', 'f("a\n  b");', 'f("a\n    b");'],
      ['rust', `if c == '"' { f("a \nb"); }`, `if c == '"' { f("a\nb"); }`],
      ['csharp', 'f(@$"a \nb");', 'f(@$"a\nb");'],
      ['csharp', 'f(@"a\r\nb");', 'f(@"a\nb");'],
    ];
    const keyOf = (language: string, code: string) => fingerprint({ ...BASE, language, code }, sha256);

    for (const [language, one, other] of others)
      assert.notEqual(keyOf(language, one), keyOf(language, other), JSON.stringify([language, one]));
    for (const language of ['python', 'rust', 'typescriptreact', 'java'])
      assert.equal(keyOf(language, 'f("a") \r\n'), keyOf(language, 'f("a")'), language);
    assert.equal(keyOf('typescript', 'f(`a`)\r\ng'), keyOf('typescript', 'f(`a`)\ng'));
    assert.equal(keyOf('rust', 'f("\\"");\n  g'), keyOf('rust', 'f("\\"");\n    g'));
  });
});

suite('memory cache', () => {
  test('an entry lives for its time and not longer', () => {
    const clock = new FakeClock();
    const cache = new MemoryCache<{ text: string }>(
      { maxEntries: 10, maxBytes: 1_000, ttlMs: 60_000 },
      () => 1,
      clock,
    );
    clock.advance(1);
    cache.set('a', { text: 'x' });

    clock.advance(59_999);
    const before = cache.get('a');
    clock.advance(2);

    assert.deepEqual(before, { text: 'x' });
    assert.equal(cache.get('a'), undefined);
    assert.equal(cache.size, 0);
  });

  test('never over its count nor its bytes, and the least used goes first, over random sequences', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const random = seededRandom(seed);
      const cache = new MemoryCache<{ bytes: number }>(
        { maxEntries: 20, maxBytes: 500, ttlMs: 1e9 },
        ({ bytes }) => bytes,
        new FakeClock(),
      );
      for (let step = 0; step < 300; step += 1) {
        cache.set(`k${Math.floor(random() * 60)}`, { bytes: Math.floor(random() * 120) });
        cache.get(`k${Math.floor(random() * 60)}`);
        assert.ok(cache.size <= 20 && cache.bytes <= 500);
      }
    }
  });

  test('a value larger than the whole cache is not kept and pushes nothing out', () => {
    const clock = new FakeClock();
    const cache = new MemoryCache<{ bytes: number }>(
      { maxEntries: 9, maxBytes: 100, ttlMs: 1e9 },
      ({ bytes }) => bytes,
      clock,
    );
    cache.set('small', { bytes: 10 });

    cache.set('huge', { bytes: 101 });

    assert.equal(cache.get('huge'), undefined);
    assert.deepEqual(cache.get('small'), { bytes: 10 });
  });
});
