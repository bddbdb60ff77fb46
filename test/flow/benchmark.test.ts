import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { SluiceError } from '../../src/base/errors.ts';
import { missIn } from '../../src/flow/benchCheck.ts';
import { lessonsOf } from '../../src/flow/benchLessons.ts';
import { type BenchResult, estimateBench, runBench } from '../../src/flow/benchRun.ts';
import type { BenchTask } from '../../src/flow/benchSuite.ts';
import { BUNDLED_SUITE } from '../../src/flow/benchTasks.ts';
import { MemoryTrials } from '../../src/routing/memoryTrials.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { FakeTransport, type Reply } from '../support/fakeTransport.ts';
import { buildSpine } from '../support/spine.ts';

const block = (language: string, code: string) => `Here it is:\n\n\`\`\`${language}\n${code}\n\`\`\`\n`;

/** A right answer to each bundled task. */
const RIGHT: Readonly<Record<string, string>> = {
  'explain-max': 'It returns the largest of the values.',
  'rename-variable': block(
    'typescript',
    'let total = 0;\nfor (const price of prices) {\n  total += price;\n}\nconsole.log(total);',
  ),
  'name-predicate': 'GET',
  'document-clamp': block(
    'typescript',
    '/** Keeps a value within bounds. */\nexport function clamp(value: number, low: number, high: number): number {\n  return Math.min(high, Math.max(low, value));\n}',
  ),
  'fix-off-by-one': block(
    'typescript',
    'export function sum(values: readonly number[]): number {\n  let total = 0;\n  for (let i = 0; i < values.length; i++) {\n    total += values[i];\n  }\n  return total;\n}',
  ),
  'fix-mutable-default': block(
    'python',
    'def tag(item, tags=None):\n    if tags is None:\n        tags = []\n    tags.append(item.name)\n    return tags',
  ),
  'translate-to-python': block('python', 'def is_even(n: int) -> bool:\n    return n % 2 == 0'),
  'simplify-boolean': block(
    'typescript',
    'export function isAdult(age: number): boolean {\n  return age >= 18;\n}',
  ),
  'tests-for-slug': block('typescript', "test('blanks', () => {\n  assert.equal(slug(' A b '), 'a-b');\n});"),
  'review-injection': '- Line 2: SQL injection; use a parameterized query.',
  'explain-race': 'It is a race condition: both read the same balance and one update is lost.',
  'fix-closure': block(
    'python',
    'handlers = []\nfor number in range(3):\n    handlers.append(lambda number=number: print(number))',
  ),
  'refactor-early-return': block(
    'typescript',
    "export function label(user?: { name?: string; admin: boolean }): string {\n  if (!user) return 'nobody';\n  if (!user.name) return 'unnamed';\n  return user.admin ? user.name + ' (admin)' : user.name;\n}",
  ),
  'commit-message-unicode': block('', 'feat(menu): greet in Japanese'),
  'edit-inside-fence': '````markdown\n# Setup\n\n```sh\nnpm install thing@1.3\n```\n\nThen run it.\n````\n',
  'fix-nothing-wrong': 'No: `reduce` has an initial value.',
};

const ordinary = (id: string): BenchTask => ({
  ...{ id, level: 'simple', task: 'explain', instruction: '', language: 'go', code: `x := ${id}` },
  ...{ edit: false, expect: { contains: ['answer'] } },
});

function world(replies: readonly Reply[]) {
  const clock = new FakeClock();
  const transport = new FakeTransport(clock, replies);
  const store = new MemoryTrials();
  const spine = buildSpine({ clock, transport, trialStore: store });
  const results: BenchResult[] = [];
  const deps = { pipeline: spine.pipeline, clock, failingCheck: async () => undefined };
  const run = (tasks: readonly BenchTask[], models = spine.platforms.models, signal = never) =>
    clock.until(runBench({ suite: { name: 's', tasks }, models }, deps, (one) => results.push(one), signal));
  return { ...spine, clock, transport, results, deps, run, store };
}

const never = new AbortController().signal;

suite('benchmark', () => {
  test('the bundled tasks are of every level, each told apart by its id', () => {
    const ids = BUNDLED_SUITE.tasks.map(({ id }) => id);

    assert.deepEqual(ids.toSorted(), Object.keys(RIGHT).toSorted());
    assert.deepEqual(new Set(BUNDLED_SUITE.tasks.map(({ level }) => level)).size, 4);
  });

  for (const task of BUNDLED_SUITE.tasks) {
    test(`${task.id}: a right answer passes; the code as it was, and words about something else, do not`, () => {
      assert.equal(missIn(task, RIGHT[task.id] ?? '', true), undefined);
      for (const wrong of ['I would rather talk about the weather.', block(task.language, task.code)]) {
        assert.notEqual(missIn(task, wrong, true), undefined, wrong);
      }
    });
  }

  test('every task goes to each model by its name, fresh, and is counted with what it took', async () => {
    const { run, results, transport, metrics, clock } = world([{ texts: ['an answer'], everyMs: 10 }]);

    await run([ordinary('1'), ordinary('2')]);

    assert.deepEqual(
      transport.calls.map(({ model }) => model),
      ['fast', 'fast', 'strong', 'strong'],
    );
    assert.deepEqual(
      results.map(({ passed, costUsd, totalMs }) => [passed, costUsd, totalMs]),
      [
        [true, 0.00035, 10],
        [true, 0.00035, 10],
        [true, 0.0035, 10],
        [true, 0.0035, 10],
      ],
    );
    assert.equal(metrics.totals(clock.now()).requests, 4);
  });

  test('tasks of a folder of which nothing may leave this machine go to no other one', async () => {
    const { run, results, transport, platforms, deps } = world([{}]);
    const task = { ...ordinary('1'), localOnly: true } as const;

    await run([task]);

    assert.deepEqual(
      results.map(({ failure }) => failure?.code),
      ['no-model', 'no-model'],
    );
    assert.equal(transport.calls.length, 0);
    const suite = { name: 's', tasks: [task] };
    assert.ok(platforms.models.every((model) => estimateBench(suite, model, deps).tasks === 0));
  });

  test('a benchmark takes part in no experiment and is no choice to be compared', async () => {
    const { run, store } = world([{}]);

    await run([ordinary('1')]);

    assert.deepEqual(store.shadow('2000-01-01', false), []);
  });

  test('a request that fails says nothing of the model; without a key the others are not tried', async () => {
    const failing = (code: 'overloaded' | 'billing') => [
      { failsWith: new SluiceError(code, { platform: 'test' }) as never },
    ];
    const busy = world(failing('overloaded'));
    const unpaid = world(failing('billing'));

    await busy.run([ordinary('1'), ordinary('2')], busy.platforms.models.slice(0, 1));
    await unpaid.run([ordinary('1'), ordinary('2')], unpaid.platforms.models.slice(0, 1));

    assert.deepEqual(
      busy.results.map(({ failure, passed }) => [failure?.code, passed]),
      [
        ['overloaded', false],
        ['overloaded', false],
      ],
    );
    assert.equal(unpaid.results.length, 1);
  });

  test('what a check finds is a failure, with the name of the check', async () => {
    const { deps, platforms, results, clock } = world([{}]);
    const failingCheck = async () => 'parses';

    const [model] = platforms.models;
    await clock.until(
      runBench(
        { suite: { name: 's', tasks: [ordinary('1')] }, models: model ? [model] : [] },
        { ...deps, failingCheck },
        (one) => results.push(one),
        never,
      ),
    );

    assert.deepEqual(
      results.map(({ passed, why }) => [passed, why]),
      [[false, { kind: 'check', check: 'parses' }]],
    );
  });

  test('cancelling keeps what was done', async () => {
    const { run, results, transport } = world([{ everyMs: 10 }]);
    const abort = new AbortController();
    const tasks = [ordinary('1'), ordinary('2')];
    const stream = transport.stream.bind(transport);
    transport.stream = (call, signal) => {
      if (transport.calls.length === 1) abort.abort(new DOMException('cancelled', 'AbortError'));
      return stream(call, signal);
    };

    await assert.rejects(run(tasks, undefined, abort.signal), { name: 'AbortError' });

    assert.equal(results.length, 1);
  });

  test('what a benchmark found is a lesson of each answered task; made-up answers to real questions are none', async () => {
    const { run, results } = world([{ texts: ['an answer'] }]);
    await run([ordinary('1')]);
    const [first] = results;
    assert.ok(first);
    const failure = new SluiceError('overloaded', { platform: 'test' }) as never;

    const lessons = lessonsOf([...results, { ...first, failure }], 'ours', 5);
    const simulated = [{ ...first, model: { ...first.model, simulated: true } }];

    assert.deepEqual(
      lessons.map(({ taskId, modelKey, grade, source, features }) => [
        taskId,
        modelKey,
        grade,
        source,
        features.task,
      ]),
      ['test/fast', 'test/strong'].map((key) => ['benchmark ours 1', key, 1, 'benchmark', 'explain']),
    );
    assert.equal(lessonsOf(simulated, BUNDLED_SUITE.name, 5).length, 0);
    assert.equal(lessonsOf(simulated, 'ours', 5).length, 1);
  });

  test('an estimate sends nothing and says how many are expected to be good', () => {
    const { deps, platforms, transport } = world([{}]);
    const [fast, strong] = platforms.models.map((model) => estimateBench(BUNDLED_SUITE, model, deps));

    assert.equal(transport.calls.length, 0);
    assert.equal(fast?.tasks, BUNDLED_SUITE.tasks.length);
    assert.ok((fast?.expected ?? 0) < (strong?.expected ?? 0));
    assert.ok((fast?.usd ?? 1) > 0 && (fast?.usd ?? 1) < (strong?.usd ?? 0));
  });
});
