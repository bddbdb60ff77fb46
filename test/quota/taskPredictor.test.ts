import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { type Random, seededRandom } from '../../src/base/random.ts';
import { type TaskAhead, TaskPredictor } from '../../src/quota/taskPredictor.ts';

const AHEAD: TaskAhead = {
  task: 'explain',
  model: 'sonnet',
  inputTokens: 1_000,
  usualOutputTokens: 500,
  usualMs: 4_000,
};

suite('task predictor', () => {
  test('without a history the usual size is the middle, and P90 lies above it', () => {
    const { outputTokens, durationMs } = new TaskPredictor().predict(AHEAD);

    assert.ok(Math.abs(outputTokens.p50 / 500 - 1) < 0.1);
    assert.ok(outputTokens.p90 > 1_000 && outputTokens.p90 < 3_000);
    assert.ok(Math.abs(durationMs.p50 / 4_000 - 1) < 0.1);
  });

  test("after some dozens of tasks the person's own sizes count, not the usual ones", () => {
    const predictor = new TaskPredictor();
    const random = seededRandom(1);

    learn(predictor, AHEAD, 60, () => 40 * spread(random, 0.3));
    const { p50, p90 } = predictor.outputTokens(AHEAD);

    assert.ok(p50 > 32 && p50 < 50, `P50 ${p50}`);
    assert.ok(p90 > 50 && p90 < 90, `P90 ${p90}`);
  });

  test('a model never used for a task is judged by the task, a task never done by all tasks', () => {
    const predictor = new TaskPredictor();
    learn(predictor, AHEAD, 60, () => 100);

    const otherModel = predictor.outputTokens({ ...AHEAD, model: 'opus' });
    const otherTask = predictor.outputTokens({ ...AHEAD, task: 'review', usualOutputTokens: 700 });

    assert.ok(otherModel.p50 < 130);
    assert.ok(otherTask.p50 > 100 && otherTask.p50 < 250, 'a fifth of what is usual, as with the other task');
  });

  test('an answer that grows with the question is predicted by the size of the question', () => {
    const predictor = new TaskPredictor();
    const random = seededRandom(2);
    for (let index = 0; index < 300; index += 1) {
      const inputTokens = Math.exp(4 + 5 * random());
      predictor.learn({ ...AHEAD, inputTokens }, { outputTokens: 0.8 * inputTokens * spread(random, 0.2) });
    }

    const [small, large] = [200, 5_000].map((inputTokens) =>
      predictor.outputTokens({ ...AHEAD, inputTokens }),
    );

    assert.ok(Math.abs((small?.p50 ?? 0) / 160 - 1) < 0.3, `P50 ${small?.p50}`);
    assert.ok(Math.abs((large?.p50 ?? 0) / 4_000 - 1) < 0.3, `P50 ${large?.p50}`);
  });

  test('the same question again is expected to give much the same answer', () => {
    const predictor = new TaskPredictor();
    const random = seededRandom(3);
    learn(predictor, AHEAD, 200, () => 30 * spread(random, 1));

    const before = predictor.outputTokens({ ...AHEAD, inputTokens: 7_777 });
    for (let again = 0; again < 6; again += 1)
      predictor.learn({ ...AHEAD, inputTokens: 7_777 }, { outputTokens: 900 });
    const after = predictor.outputTokens({ ...AHEAD, inputTokens: 7_777 });
    const elsewhere = predictor.outputTokens({ ...AHEAD, inputTokens: 3_333 });

    assert.ok(after.p50 > 5 * before.p50, `${before.p50} → ${after.p50}`);
    assert.ok(elsewhere.p50 < 2 * before.p50);
  });

  test('law: P90 covers 85–95 % of what comes, whatever the sizes look like and when they change', () => {
    for (const [seed, next] of SHAPES.entries()) {
      const predictor = new TaskPredictor();
      const random = seededRandom(100 + seed);
      let covered = 0;
      const [warm, judged] = [300, 2_000];
      for (let index = 0; index < warm + judged; index += 1) {
        const ahead = { ...AHEAD, inputTokens: Math.ceil(50 + 5_000 * random()) };
        const outputTokens = Math.max(1, Math.round(next(random, index)));
        if (index >= warm && outputTokens <= predictor.outputTokens(ahead).p90) covered += 1;
        predictor.learn(ahead, { outputTokens });
      }

      assert.ok(covered / judged >= 0.85 && covered / judged <= 0.95, `shape ${seed}: ${covered / judged}`);
    }
  });

  test('calibration tells the share that P90 covered, and nothing before there was an outcome', () => {
    const predictor = new TaskPredictor();
    const random = seededRandom(4);
    const before = predictor.calibration();

    learn(predictor, AHEAD, 400, () => 300 * spread(random, 0.5));
    const { outputTokens, durationMs } = predictor.calibration();

    assert.deepEqual(before, {});
    assert.ok((outputTokens?.coveredByP90 ?? 0) > 0.85 && (outputTokens?.coveredByP90 ?? 1) < 0.95);
    assert.ok((outputTokens?.meanError ?? 1) < 0.6);
    assert.equal(durationMs, undefined);
  });

  test('what was learned survives being stored, and goes on as if nothing had happened', () => {
    const predictor = new TaskPredictor();
    const random = seededRandom(5);
    learn(predictor, AHEAD, 120, () => 80 * spread(random, 0.6));
    for (let index = 0; index < 40; index += 1)
      predictor.learn(AHEAD, { durationMs: 900 * spread(random, 0.4) });

    const restored = TaskPredictor.fromJSON(JSON.parse(JSON.stringify(predictor)));
    const [before, after] = [predictor, restored].map((one) => one.predict({ ...AHEAD, inputTokens: 1_003 }));

    assert.ok(Math.abs((after?.outputTokens.p90 ?? 0) / (before?.outputTokens.p90 ?? 1) - 1) < 0.02);
    assert.ok(Math.abs((after?.durationMs.p90 ?? 0) / (before?.durationMs.p90 ?? 1) - 1) < 0.02);
    assert.deepEqual(Object.keys(restored.calibration()), Object.keys(predictor.calibration()));
  });

  test('law: a store that was damaged anywhere is read without a throw, and predictions stay sensible', () => {
    const predictor = new TaskPredictor();
    const random = seededRandom(6);
    learn(predictor, AHEAD, 50, () => 80 * spread(random, 0.6));
    const stored = JSON.stringify(predictor);

    for (let round = 0; round < 300; round += 1) {
      const damaged = damage(JSON.parse(stored), random);
      const { outputTokens } = TaskPredictor.fromJSON(damaged).predict(AHEAD);
      assert.ok(outputTokens.p50 > 0 && outputTokens.p90 >= outputTokens.p50);
      assert.ok(Number.isFinite(outputTokens.p90));
    }
  });

  test('law: it stays small however many tasks and models come by', () => {
    const predictor = new TaskPredictor();
    const random = seededRandom(7);

    for (let index = 0; index < 6_000; index += 1) {
      const ahead = { ...AHEAD, task: `task${index % 11}`, model: `model${Math.floor(random() * 40)}` };
      predictor.learn(ahead, { outputTokens: 3_000 * random(), durationMs: 9_000 * random() });
    }

    assert.ok(JSON.stringify(predictor).length < 200_000, `${JSON.stringify(predictor).length} bytes`);
  });

  test('outcomes that cannot be are not learned from', () => {
    const predictor = new TaskPredictor();

    for (const outputTokens of [Number.NaN, Number.POSITIVE_INFINITY, -5])
      predictor.learn(AHEAD, { outputTokens });

    assert.deepEqual(predictor.toJSON(), new TaskPredictor().toJSON());
  });
});

/** Even, skewed, two kinds of tasks, whole small numbers, and one that changes halfway. */
const SHAPES: readonly ((random: Random, index: number) => number)[] = [
  (random) => 100 + 900 * random(),
  (random) => 60 * spread(random, 1.2),
  (random) => (random() < 0.7 ? 15 : 800) * spread(random, 0.3),
  (random) => 1 + Math.floor(6 * random()),
  (random, index) => (index < 1_300 ? 100 : 600) * spread(random, 0.5),
];

function learn(predictor: TaskPredictor, ahead: TaskAhead, times: number, outputTokens: () => number): void {
  for (let index = 0; index < times; index += 1) {
    // Questions of all sizes, so that none is the same one again.
    const inputTokens = 100 + ((index * 7_919) % 6_000);
    predictor.learn({ ...ahead, inputTokens }, { outputTokens: outputTokens() });
  }
}

/** Log-normal around 1. */
function spread(random: Random, sigma: number): number {
  const bell = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.exp(sigma * bell);
}

/** Puts something wrong in the place of one value somewhere inside. */
function damage(state: unknown, random: Random): unknown {
  if (typeof state !== 'object' || state === null || random() < 0.15) {
    return [null, 'x', -1, 1e300, Number.NaN, [], {}, true][Math.floor(random() * 8)];
  }
  const copy: Record<string, unknown> = { ...state };
  const keys = Object.keys(copy);
  const key = keys[Math.floor(random() * keys.length)];
  if (key !== undefined) copy[key] = damage(copy[key], random);
  return Array.isArray(state) ? Object.values(copy) : copy;
}
