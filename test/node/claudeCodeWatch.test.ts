import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'mocha';
import { silentLog } from '../../src/base/log.ts';
import { watchSpending } from '../../src/node/claudeCode.ts';
import { ClaudeTranscripts } from '../../src/node/claudeCodeTranscripts.ts';
import type { LimitReading } from '../../src/quota/limitReading.ts';
import { ClaudeTrial } from '../support/claudeTrial.ts';
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

  test('a turn in a terminal, found in its transcript, makes the program say what is left', async () => {
    const trial = await ClaudeTrial.start();
    const project = join(trial.folder.path, 'projects/-home-me');
    await mkdir(project, { recursive: true });
    const clock = new FakeClock();
    const transcripts = new ClaudeTranscripts({ folders: [join(trial.folder.path, 'projects')], clock });
    let hear: (readings: readonly LimitReading[]) => void = () => undefined;
    const heard = new Promise<readonly LimitReading[]>((resolve) => {
      hear = resolve;
    });
    const deps = { transport: trial.transport, transcripts, clock, log: silentLog };
    const watch = watchSpending({ ...deps, onLimits: (readings) => hear(readings) });
    clock.advance(60_000);
    await turnsUntil(() => clock.pending === 1);

    const message = {
      id: 'msg_1',
      model: 'claude-opus-5-5',
      usage: { input_tokens: 900, output_tokens: 80 },
    };
    const line = {
      type: 'assistant',
      timestamp: new Date(clock.now()).toISOString(),
      requestId: 'req_1',
      message,
    };
    await writeFile(join(project, 'session.jsonl'), `${JSON.stringify(line)}\n`);
    clock.advance(60_000);
    const readings = await heard;
    watch.dispose();
    await trial.dispose();

    assert.deepEqual(
      readings.map(({ window, remaining }) => [window, remaining]),
      [['5h', 0.625]],
    );
  });
});

/** Files are read outside of the fake clock. */
async function turnsUntil(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 100_000 && !holds(); turn += 1) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  assert.ok(holds());
}
