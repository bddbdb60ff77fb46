import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import { prefixKey } from '../../src/prompt/stablePrefix.ts';
import { WarmPrefixes } from '../../src/routing/warmPrefixes.ts';
import { FakeClock } from '../support/fakeClock.ts';

const MINUTE_MS = 60_000;

suite('warm prefixes', () => {
  test('a prefix is warm for the model that owns it, until its time is over', () => {
    const clock = new FakeClock();
    const warm = new WarmPrefixes(clock);
    warm.note('a/opus', 'p', { tokens: 900, startedMs: clock.monotonic(), ttlMs: 5 * MINUTE_MS });

    clock.advance(5 * MINUTE_MS - 1);
    const before = [warm.tokens('a/opus', 'p'), warm.tokens('a/haiku', 'p'), warm.tokens('a/opus', 'q')];
    const listed = warm.list();
    clock.advance(1);

    assert.deepEqual(before, [900, 0, 0]);
    assert.deepEqual(listed, [{ owner: 'a/opus', prefix: 'p', tokens: 900, leftMs: 1 }]);
    assert.deepEqual([warm.tokens('a/opus', 'p'), warm.list()], [0, []]);
  });

  test('each use begins its time anew, counted from the start of the call', () => {
    const clock = new FakeClock();
    const warm = new WarmPrefixes(clock);
    const use = (startedMs: number) => warm.note('m', 'p', { tokens: 10, startedMs, ttlMs: 5 * MINUTE_MS });
    use(0);
    clock.advance(4 * MINUTE_MS);
    use(3 * MINUTE_MS);
    clock.advance(3 * MINUTE_MS);

    assert.deepEqual(
      warm.list().map(({ leftMs }) => leftMs),
      [MINUTE_MS],
    );
    warm.forget('m', 'p');
    assert.deepEqual(warm.list(), []);
  });

  test('over random use: what is listed is warm, no more than a hundred, the newest among them', () => {
    const random = seededRandom(13);
    const clock = new FakeClock();
    const warm = new WarmPrefixes(clock);
    for (let step = 0; step < 3_000; step += 1) {
      clock.advance(random() * 500);
      const prefix = `p${Math.floor(random() * 300)}`;
      const tokens = Math.floor(random() * 1_000);
      warm.note('m', prefix, { tokens, startedMs: clock.monotonic(), ttlMs: random() * MINUTE_MS });
      if (random() < 0.1) warm.forget('m', `p${Math.floor(random() * 300)}`);

      const listed = warm.list();
      assert.ok(listed.length <= 100);
      for (const { owner, prefix: name, leftMs, tokens: held } of listed) {
        assert.ok(leftMs > 0 && held > 0 && warm.tokens(owner, name) === held);
      }
    }
  });
});

suite('the name of a prefix', () => {
  test('is short, always the same, and another one for another text', () => {
    const random = seededRandom(19);
    const names = new Set<string>();
    for (let run = 0; run < 20_000; run += 1) {
      const text = `You help.\n\nTask: ${run} ${random()}`;
      const name = prefixKey(text);

      assert.match(name, /^sluice-[0-9a-f]{16}$/);
      assert.equal(prefixKey(text), name);
      names.add(name);
    }
    assert.equal(names.size, 20_000);
  });

  test('a change of one character or of the order changes it', () => {
    const texts = ['', 'a', 'b', 'ab', 'ba', 'aab', 'aba', 'baa', ' ab', 'ab '];

    assert.equal(new Set(texts.map(prefixKey)).size, texts.length);
  });
});
