import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import type { CheckKind, CheckResult, Verdict } from '../../src/base/check.ts';
import { seededRandom } from '../../src/base/random.ts';
import type { CheckBelief } from '../../src/flow/checkRates.ts';
import { Learning } from '../../src/flow/learning.ts';
import type { Receipt } from '../../src/flow/request.ts';
import type { Lesson, LessonStore } from '../../src/routing/lessons.ts';
import type { OutcomeFacts } from '../../src/routing/outcomes.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { FakeTransport } from '../support/fakeTransport.ts';
import { buildSpine, request } from '../support/spine.ts';

const CHEAP = 'test/fast';
const DEAR = 'test/strong';
const GOOD: CheckBelief = { caught: 0.9, falseAlarms: 0.05, measured: 1, usd: 0 };

class KeptLessons implements LessonStore {
  readonly lessons: Lesson[] = [];

  add(lesson: Lesson): void {
    this.lessons.push(lesson);
  }

  read() {
    return { kept: [], forgotten: false };
  }

  forget(): void {
    this.lessons.length = 0;
  }

  of(modelKey: string): readonly Lesson[] {
    return this.lessons.filter((lesson) => lesson.modelKey === modelKey);
  }
}

async function example(): Promise<Receipt> {
  const clock = new FakeClock();
  const { pipeline } = buildSpine({ clock, transport: new FakeTransport(clock, [{ texts: ['x'] }]) });
  const answer = await clock.until(pipeline.run(request(), () => undefined, new AbortController().signal));
  return answer.receipt;
}

function judged(verdict: Verdict): CheckResult {
  return { check: 'judge', verdict, ms: 1 };
}

function answerOf(base: Receipt, id: string, modelKey: string, chance: number): Receipt {
  const chosen = { ...base.decision.chosen, modelKey, chance };
  return { ...base, id, modelKey, decision: { ...base.decision, chosen } };
}

/** A cheap answer that its check held back, and the dear one that was shown. */
function wentUp(base: Receipt, id: string, chance = 0.7): Receipt {
  const attempt = { ...answerOf(base, id, CHEAP, chance), checks: [judged('fail')] };
  return { ...answerOf(base, `${id}-2`, DEAR, 0.8), attempts: [attempt] };
}

function learning(belief: CheckBelief | 'unknown' = GOOD) {
  const store = new KeptLessons();
  const believed = (check: CheckKind) => (check !== 'judge' || belief === 'unknown' ? undefined : belief);
  return { store, learned: new Learning({ clock: new FakeClock(), store, qualityOf: () => 0.7, believed }) };
}

function tell(learned: Learning, receipt: Receipt, facts: OutcomeFacts): void {
  learned.happened(receipt, { ...facts, receiptId: receipt.id, atMs: 0 });
}

suite('learning from answers that were never shown', () => {
  test('what was gone up from is a lesson once the shown answer is judged, and the shown one still counts once', async () => {
    const { store, learned } = learning();
    const receipt = wentUp(await example(), 'r');

    tell(learned, receipt, { kind: 'used' });
    tell(learned, receipt, { kind: 'thumbs', up: true });

    assert.equal(learned.lessons, 2);
    const [held, ...more] = store.of(CHEAP);
    assert.deepEqual(more, []);
    assert.ok((held?.grade ?? 1) < 0.15, `${held?.grade}`);
    assert.deepEqual([held?.weight, held?.source, held?.taskId], [1, 'check', 'r']);
    assert.deepEqual(
      store.of(DEAR).map(({ grade, taskId }) => [grade, taskId]),
      [
        [1, 'r-2'],
        [1, 'r-2'],
      ],
    );
  });

  test('the verdict alone counts less, by what the check can tell, and is taken back for the whole', async () => {
    const { store, learned } = learning({ caught: 0.2, falseAlarms: 0.02, measured: 0, usd: 0 });
    const receipt = wentUp(await example(), 'r');
    const attempt = receipt.attempts?.[0] ?? receipt;

    tell(learned, attempt, { kind: 'checked', check: 'judge', passed: false });
    const alone = store.of(CHEAP).map(({ weight }) => weight);
    tell(learned, receipt, { kind: 'copied' });

    assert.ok(Math.abs((alone[0] ?? 0) - 0.18) < 1e-9);
    assert.deepEqual(
      store.of(CHEAP).map(({ weight }) => weight),
      [...alone, 0.5],
    );
    assert.equal(learned.lessons, 2);
  });

  test('from the cache, after a cancel or with a check that nobody knows nothing is learned of them', async () => {
    const { store, learned } = learning();
    const base = await example();

    tell(learned, { ...wentUp(base, 'a'), cache: 'memory' }, { kind: 'used' });
    tell(learned, { ...wentUp(base, 'b'), stop: 'cancelled' }, { kind: 'used' });
    const unknown = learning('unknown');
    tell(unknown.learned, wentUp(base, 'c'), { kind: 'used' });

    assert.deepEqual([...store.of(CHEAP), ...unknown.store.of(CHEAP)], []);
  });

  test('a model whose bad answers are caught does not look better than it is', async () => {
    const { learned } = learning();
    const base = await example();
    const random = seededRandom(5);
    const chanceOf = () => learned.chances([CHEAP, DEAR], base.decision.features)[0]?.chance ?? 0;

    for (let task = 0; task < 300; task += 1) {
      const good = random() < 0.5;
      const rejected = random() < (good ? GOOD.falseAlarms : GOOD.caught);
      if (rejected) tell(learned, wentUp(base, `t${task}`, chanceOf()), { kind: 'used' });
      else
        tell(
          learned,
          answerOf(base, `t${task}`, CHEAP, chanceOf()),
          good ? { kind: 'used' } : { kind: 'asked-stronger' },
        );
    }

    const believed = chanceOf();
    assert.ok(Math.abs(believed - 0.5) < 0.1, `${believed}`);
  });
});
