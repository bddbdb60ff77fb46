import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { propose } from '../../src/node/redisProposal.ts';
import { emptyBook } from '../../src/quota/book.ts';
import { newVerdict } from '../../src/quota/decide.ts';
import { applyOperation } from '../../src/quota/operations.ts';
import { ask } from '../quota/storeLaws.ts';

const AT_MS = 1_000;

function known() {
  const book = emptyBook();
  const limits = [{ platform: 'p', unit: 'tokens', size: 1_000, refillPerMs: 0.001 }] as const;
  applyOperation(book, { kind: 'declare', limits }, AT_MS);
  return { book, seq: 3, atMs: AT_MS, wallMs: AT_MS };
}

const taking = (id: string, holder: string) =>
  ({ kind: 'take', ask: ask(id, 1, 100), holder, leaseMs: 15_000 }) as const;

suite('what a window works out for Redis', () => {
  test('an entry of the log ends in the names of the request and of its holder, whatever their letters', () => {
    const names: [string, string][] = [
      ['a', 'one'],
      ['요청-1', '窗口-𝟙'],
      ['😀'.repeat(85), '창'.repeat(170)],
    ];
    for (const [id, holder] of names) {
      const proposal = propose(known(), taking(id, holder), AT_MS + 5, newVerdict());

      assert.ok(proposal);
      const tail = Buffer.from(id + holder);
      const { entry } = proposal;
      assert.equal(entry.subarray(-tail.length).toString(), tail.toString());
      assert.equal(entry.readUInt32LE(entry.length - tail.length - 4), Buffer.byteLength(id));
      assert.equal(entry.readDoubleLE(0), 4);
    }
  });

  test('names for which the log has no room are left to the script, and nothing is changed', () => {
    const stored = known();
    const before = structuredClone(stored);

    const proposal = propose(stored, taking('창'.repeat(171), '창'.repeat(170)), AT_MS + 5, newVerdict());

    assert.equal(proposal, undefined);
    assert.deepEqual(stored, before);
  });

  test('what somebody faster has made void is put back, the lease and the time too', () => {
    const stored = known();
    const first = propose(stored, taking('a', 'one'), AT_MS + 5, newVerdict());
    assert.ok(first);
    const before = structuredClone(stored.book);

    for (const operation of [taking('b', 'one'), { kind: 'settle', id: 'a' } as const]) {
      const proposal = propose(
        { ...stored, atMs: first.nowMs, wallMs: first.wallMs },
        operation,
        AT_MS + 4_000,
        newVerdict(),
      );
      assert.ok(proposal?.outcome.ok);
      assert.notDeepEqual(stored.book, before);

      proposal.undo();

      assert.deepEqual(stored.book, before);
    }
  });
});
