import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import { Speeds } from '../../src/routing/speeds.ts';

const LISTED = { key: 'p/m', firstTokenMs: 500, outputTokensPerS: 100 };
const TOKENS = 201;

/** Times that vary by a fifth, up or down; `slower` times as long for each token, `later` for the first one. */
function answers(speeds: Speeds, count: number, { slower = 1, later = 1, key = 'p/m', seed = 1 } = {}): void {
  const random = seededRandom(seed);
  const varied = (ms: number) => ms * Math.exp(0.4 * (random() - 0.5));
  for (let n = 0; n < count; n += 1) {
    const firstTokenMs = varied(1_000 * later);
    const totalMs = firstTokenMs + varied(20 * slower) * (TOKENS - 1);
    speeds.learn(key, { firstTokenMs, totalMs, outputTokens: TOKENS }, n);
  }
}

suite('speeds', () => {
  test('before anything was learned the catalogue counts, then what answers took, one odd answer apart', () => {
    const speeds = new Speeds();
    assert.equal(speeds.answerMs(LISTED, 200), 500 + 200 * 10);

    answers(speeds, 20);
    const usual = speeds.answerMs(LISTED, 200);
    speeds.learn('p/m', { firstTokenMs: 60_000, totalMs: 90_000, outputTokens: TOKENS }, 21);

    assert.ok(Math.abs(usual / (1_000 + 200 * 20) - 1) < 0.15, `${usual}`);
    assert.ok(Math.abs(speeds.answerMs(LISTED, 200) / usual - 1) < 0.1);
    assert.equal(speeds.answerMs({ ...LISTED, key: 'p/other' }, 200), 2_500);
  });

  test('a model that gives half the tokens a second is noticed, and its time is that of now', () => {
    const speeds = new Speeds();
    answers(speeds, 60);
    assert.equal(speeds.changes.length, 0);

    answers(speeds, 12, { slower: 2, seed: 2 });

    const [change] = speeds.changes;
    assert.equal(change?.measure, 'token');
    assert.ok(Math.abs((change?.afterMs ?? 0) / (change?.beforeMs ?? 1) - 2) < 0.4);
    assert.ok(speeds.answerMs(LISTED, 200) > 1_000 + 200 * 30);
    assert.equal(speeds.changes.length, 1);
  });

  test('a later first word is told by itself; a quarter more is no change', () => {
    const speeds = new Speeds();
    answers(speeds, 60);
    answers(speeds, 60, { slower: 1.25, later: 1.25, seed: 3 });
    assert.deepEqual(speeds.changes, []);

    answers(speeds, 20, { slower: 1.25, later: 4, seed: 4 });

    assert.deepEqual(
      speeds.changes.map(({ measure }) => measure),
      ['first-token'],
    );
  });

  test('a model that is hardly known has not changed', () => {
    const speeds = new Speeds();
    answers(speeds, 5);
    answers(speeds, 5, { slower: 5, later: 5 });

    assert.deepEqual(speeds.changes, []);
  });

  test('what was learned comes back from a store, and what is none of it is forgotten', () => {
    const speeds = new Speeds();
    answers(speeds, 40);
    answers(speeds, 15, { slower: 3, seed: 2 });
    const kept: unknown = JSON.parse(JSON.stringify(speeds));

    const again = Speeds.fromJSON(kept);

    assert.deepEqual(again.toJSON(), speeds.toJSON());
    assert.equal(again.answerMs(LISTED, 100), speeds.answerMs(LISTED, 100));
    assert.equal(again.changes.length, 1);
    const bad = {
      version: 1,
      models: { 'p/m': { token: { latest: ['x'], mean: 1 } }, q: 7 },
      changes: [{}, 3],
    };
    for (const raw of [undefined, 7, { version: 9 }, bad]) {
      const empty = Speeds.fromJSON(raw);
      assert.deepEqual([empty.answerMs(LISTED, 200), empty.changes], [2_500, []]);
    }
  });

  test('of many models the ones used last are kept', () => {
    const speeds = new Speeds();
    for (let n = 0; n < 100; n += 1) answers(speeds, 1, { key: `p/${n}` });

    assert.equal(Object.keys(speeds.toJSON().models).length, 60);
    assert.ok('p/99' in speeds.toJSON().models);
  });
});
