import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { silentLog } from '../../src/base/log.ts';
import { watchSpending } from '../../src/node/claudeCode.ts';
import type { LimitReading } from '../../src/quota/limitReading.ts';
import { FakeClock } from '../support/fakeClock.ts';

const USE = {
  id: 'm r',
  atMs: 0,
  model: 'claude-haiku-5-5',
  usage: { input: 1, output: 1, cacheRead: 0, cacheWrite: 0, reasoning: 0 },
};

function watched() {
  const clock = new FakeClock();
  const heard: (readonly LimitReading[])[] = [];
  const state = { spent: false, asked: 0, fails: false };
  const scan = async () => {
    if (state.fails) throw new Error('unreadable');
    return { charges: state.spent ? [USE] : [], bytes: 0, unreadable: 0 };
  };
  const readLimits = async (): Promise<readonly LimitReading[]> => {
    state.asked += 1;
    return [{ unit: 'share', window: '5h', limit: 1, remaining: 0.5, refill: 'at-reset', atMs: clock.now() }];
  };
  const watch = watchSpending({
    transport: { readLimits },
    transcripts: { scan } as never,
    clock,
    log: silentLog,
    onLimits: (readings) => heard.push(readings),
  });
  /** A minute goes by, and what it starts comes to its end. */
  const minute = async () => {
    clock.advance(60_000);
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  };
  return { watch, state, heard, minute, clock };
}

suite('watching what Claude Code spends elsewhere', () => {
  test('the program is asked what is left only when a terminal has spent something', async () => {
    const { watch, state, heard, minute } = watched();
    state.spent = true;
    await minute();
    const past = state.asked;
    state.spent = false;
    await minute();
    const quiet = state.asked;
    state.spent = true;
    await minute();

    assert.deepEqual([past, quiet, state.asked], [0, 0, 1]);
    assert.equal(heard[0]?.[0]?.window, '5h');
    watch.dispose();
  });

  test('a scan that fails is tried again a minute later; after the end nothing runs', async () => {
    const { watch, state, minute, clock } = watched();
    await minute();
    state.fails = true;
    await minute();
    state.fails = false;
    state.spent = true;
    await minute();

    assert.equal(state.asked, 1);
    watch.dispose();
    assert.equal(clock.pending, 0);
  });
});
