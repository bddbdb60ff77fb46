import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { ServerSpeech, WORD_LIMIT_MS } from '../../src/flow/serverSpeech.ts';
import { FakeClock } from '../support/fakeClock.ts';

const URI = 'file:///a.lua';

suite('who tells problems of documents', () => {
  test('a language that nobody speaks of is waited for once, and again as soon as somebody does', () => {
    const speech = new ServerSpeech(new FakeClock());
    assert.equal(speech.waitMs('lua'), WORD_LIMIT_MS);

    speech.saidNothing('lua');

    assert.deepEqual([speech.waitMs('lua'), speech.waitMs('go')], [0, WORD_LIMIT_MS]);
    speech.told(URI, 'lua');
    assert.equal(speech.waitMs('lua'), WORD_LIMIT_MS);
  });

  test('one that spoke once and then says nothing is still waited for: it may have nothing to say', () => {
    const speech = new ServerSpeech(new FakeClock());
    speech.told(URI, 'lua');

    speech.saidNothing('lua');

    assert.equal(speech.waitMs('lua'), WORD_LIMIT_MS);
  });

  test('it is waited twice as long as the slowest of the last words took, within bounds', () => {
    const speech = new ServerSpeech(new FakeClock());
    const waits = [100, 100, 100, 1_000, 9_000].map((ms) => {
      speech.took('lua', ms);
      return speech.waitMs('lua');
    });

    assert.deepEqual(waits, [WORD_LIMIT_MS, WORD_LIMIT_MS, 1_500, 2_000, WORD_LIMIT_MS]);
    for (let word = 0; word < 20; word += 1) speech.took('lua', 100);
    assert.equal(speech.waitMs('lua'), 1_500);
  });

  test('what a document holds is all told some time after the first word, while no other comes', () => {
    const clock = new FakeClock();
    const speech = new ServerSpeech(clock);
    const settledAfter = (ms: number) => {
      clock.advance(ms);
      return speech.isSettled(URI);
    };

    assert.equal(settledAfter(60_000), false);
    speech.told(URI, 'lua');
    assert.equal(settledAfter(9_999), false);
    assert.equal(settledAfter(1), true);
    speech.told(URI, 'lua');
    assert.equal(settledAfter(999), false);
    assert.equal(settledAfter(1), true);
  });

  test('a document that was closed is told anew', () => {
    const clock = new FakeClock();
    const speech = new ServerSpeech(clock);
    speech.told(URI, 'lua');
    clock.advance(60_000);

    speech.closed(URI);
    speech.told(URI, 'lua');

    clock.advance(5_000);
    assert.equal(speech.isSettled(URI), false);
  });
});
