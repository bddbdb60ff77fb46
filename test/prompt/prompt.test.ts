import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import { TASK_TYPES } from '../../src/base/task.ts';
import { buildPrompt } from '../../src/prompt/buildPrompt.ts';
import { usualOutputTokens } from '../../src/prompt/taskPrompts.ts';
import { TokenEstimator } from '../../src/prompt/tokenEstimator.ts';

const input = { task: 'explain', instruction: '', language: 'markdown', code: 'x', problems: [] } as const;

suite('prompt', () => {
  test('code with fences of its own cannot end its block', () => {
    const { user } = buildPrompt({ ...input, code: 'a\n````js\nb\n````' });

    assert.ok(user.includes('`````markdown\na\n````js\nb\n````\n`````'));
  });

  test('the typed instruction replaces the order, and file, symbol and problems are named', () => {
    const { user, system } = buildPrompt({
      ...input,
      task: 'question',
      instruction: ' Why? ',
      fileName: 'cart.ts',
      symbol: 'total',
      problems: ['line 3: unused'],
    });

    assert.ok(user.startsWith('Why?\n\nCode from cart.ts, total:'));
    assert.ok(user.endsWith('- line 3: unused'));
    assert.ok(system.endsWith('Task: question'));
  });

  test('an edit asks for the whole code; lines around it come last, in fences of their own', () => {
    const { user } = buildPrompt({
      ...input,
      task: 'edit',
      instruction: 'Use a map.',
      form: 'edit',
      before: 'above',
      after: '```\nbelow',
    });

    assert.match(user, /^Use a map\.\n\nGive the whole changed code in one fenced block/);
    assert.ok(user.endsWith('Lines behind it, for reading only:\n````\n```\nbelow\n````'));
    assert.ok(user.indexOf('above') > user.indexOf('x\n```'));
  });

  test('every task has an order and a usual size', () => {
    for (const task of TASK_TYPES) {
      assert.ok(buildPrompt({ ...input, task, code: '' }).user.length > 10, task);
      assert.ok(usualOutputTokens(task) > 0, task);
    }
  });
});

suite('token estimator', () => {
  test('learns the ratio of a language from exact counts, and leaves other languages alone', async () => {
    const estimator = new TokenEstimator(async (text) => text.length / 2);
    const text = 'x'.repeat(760);
    const before = estimator.estimate(text, 'typescript');

    for (let run = 0; run < 20; run += 1) await estimator.calibrate(text, 'typescript');

    assert.equal(before, 200);
    assert.ok(Math.abs(estimator.estimate(text, 'typescript') - 380) < 10);
    assert.equal(estimator.estimate(text, 'python'), 200);
  });

  test('counts one text at a time and stops when a language is known', async () => {
    let counts = 0;
    const estimator = new TokenEstimator(async () => {
      counts += 1;
      return 100;
    });

    await Promise.all([estimator.calibrate('text', 'a'), estimator.calibrate('text', 'a')]);
    for (let run = 0; run < 50; run += 1) await estimator.calibrate('text', 'a');

    assert.equal(counts, 20);
  });

  test('learns a factor for each model from what its platform reports, within bounds', () => {
    const estimator = new TokenEstimator(async () => 0);
    for (let run = 0; run < 50; run += 1) {
      estimator.learnFactor('claude', 1_000, 1_400);
      estimator.learnFactor('absurd', 100, 1e9);
    }

    assert.ok(Math.abs(estimator.estimate('x'.repeat(3_800), '', 'claude') - 1_400) < 5);
    assert.equal(estimator.estimate('x'.repeat(3_800), '', 'absurd'), 4_000);
  });

  test('a model begins with its start value, which counts as one observation', () => {
    const estimator = new TokenEstimator(async () => 0);
    const before = estimator.factor('claude', 1.5);
    estimator.learnFactor('claude', 1_000, 1_900, 1.5);
    const after = estimator.factor('claude', 1.5);
    for (let run = 0; run < 30; run += 1) estimator.learnFactor('claude', 1_000, 1_900, 1.5);

    assert.deepEqual([before, after, estimator.factor('other')], [1.5, 1.7, 1]);
    assert.ok(Math.abs(estimator.factor('claude') - 1.9) < 0.01);
  });

  test('what was learned survives being stored, and no more than two hundred of each kind is kept', async () => {
    const estimator = new TokenEstimator(async (text) => text.length / 2);
    await estimator.calibrate('x'.repeat(100), 'rust');
    for (let model = 0; model < 500; model += 1) estimator.learnFactor(`m${model}`, 100, 120);
    estimator.learnFactor('m300', 100, 120);

    const stored: unknown = JSON.parse(JSON.stringify(estimator));
    const again = TokenEstimator.fromJSON(stored, async () => 0);

    assert.deepEqual(again.toJSON(), estimator.toJSON());
    assert.equal(Object.keys(again.toJSON().factors).length, 200);
    assert.deepEqual([again.factor('m300'), again.factor('m299'), again.factor('m301')], [1.2, 1, 1.2]);
    assert.equal(again.estimate('x'.repeat(100), 'rust'), estimator.estimate('x'.repeat(100), 'rust'));
  });

  test('whatever a store gives back, estimates stay sensible', () => {
    const random = seededRandom(31);
    const leaves = [[1.2, 3], [0, 1], [-1, 1], [1e9, 1], [1.2, -1], [1.2], 'x', null, 7, {}, [Number.NaN, 1]];
    const some = () => leaves[Math.floor(random() * leaves.length)];
    for (let run = 0; run < 500; run += 1) {
      const raw: unknown =
        random() < 0.2
          ? some()
          : { version: 1, charsPerToken: { a: some(), b: some() }, factors: { m: some() } };
      const estimator = TokenEstimator.fromJSON(raw, async () => 0);

      const tokens = estimator.estimate('x'.repeat(1_000), 'a', 'm');
      assert.ok(tokens >= 1 && tokens <= 20_000, JSON.stringify(raw));
    }
    const other = { version: 2, charsPerToken: {}, factors: { m: [2, 1] } };
    assert.equal(TokenEstimator.fromJSON(other, async () => 0).factor('m'), 1);
  });
});
