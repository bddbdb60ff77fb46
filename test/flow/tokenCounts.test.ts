import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import { TokenCounts } from '../../src/flow/tokenCounts.ts';
import { sha256 } from '../../src/node/sha256.ts';
import { FakeClock } from '../support/fakeClock.ts';

const TEXT = 'a message of a long talk '.repeat(20);

function counting(count: (text: string) => Promise<number>) {
  const clock = new FakeClock();
  return { clock, counts: new TokenCounts({ count, hash: sha256, clock, random: seededRandom(1) }) };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

suite('token counts', () => {
  test('a text is given to the tokenizer once, however often it is asked about; nobody waits for it', async () => {
    const asked: string[] = [];
    const { counts } = counting(async (text) => {
      asked.push(text);
      return text.length / 5;
    });

    const first = [counts.known(TEXT), counts.known(TEXT)];
    await settled();
    const then = [counts.known(TEXT), counts.known(`${TEXT}!`)];

    assert.deepEqual(first, [undefined, undefined]);
    assert.deepEqual(then, [TEXT.length / 5, undefined]);
    await settled();
    assert.deepEqual(asked, [TEXT, `${TEXT}!`]);
  });

  test('short and huge texts are estimated; a tokenizer that fails is left alone', async () => {
    let calls = 0;
    const { counts } = counting(async () => {
      calls += 1;
      throw new Error('no worker');
    });

    assert.deepEqual([counts.known('short'), counts.known('x'.repeat(1_000_001))], [undefined, undefined]);
    assert.equal(calls, 0);
    counts.known(TEXT);
    await settled();
    counts.known(`${TEXT}!`);
    await settled();
    assert.equal(calls, 1);
  });
});
