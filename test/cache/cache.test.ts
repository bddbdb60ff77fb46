import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import { type FingerprintInput, fingerprint, normaliseCode } from '../../src/cache/fingerprint.ts';
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

  test('the normalisation is idempotent and keeps indentation and inner blanks', () => {
    const random = seededRandom(5);
    const letters = ['a', ' ', '\t', '\n', '\r\n', 'b', '"x  y"', '\r'];
    for (let run = 0; run < 2_000; run += 1) {
      const code = Array.from({ length: 30 }, () => letters[Math.floor(random() * letters.length)]).join('');
      const once = normaliseCode(code);

      assert.equal(normaliseCode(once), once);
    }
    assert.equal(normaliseCode('\n\n  a  b \n\tc\t\n\n'), '  a  b\n\tc');
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
