import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { type Random, seededRandom } from '../../src/base/random.ts';
import type { TaskType } from '../../src/base/task.ts';
import { AdequacyModel } from '../../src/routing/adequacyModel.ts';
import { taskFeatures } from '../../src/routing/features.ts';
import type { Lesson } from '../../src/routing/lessons.ts';

const PRIOR = { chance: 0.7, outcomes: 10, quality: 0.7 };
const KEYS = ['p/cheap', 'p/dear'] as const;

const featuresOf = (task: TaskType, instruction = '', language = 'typescript') =>
  taskFeatures({ task, instruction, language, code: '', problems: 0, inputTokens: 300 });

const lesson = (taskId: string, modelKey: string, grade: number, features = featuresOf('fix')): Lesson => ({
  taskId,
  atMs: 0,
  modelKey,
  features,
  grade,
  weight: 1,
  source: 'person',
});

const model = () => new AdequacyModel(() => PRIOR);

function teach(
  to: AdequacyModel,
  count: number,
  random: Random,
  chanceOf: (key: string, words: string) => number,
): void {
  for (let task = 0; task < count; task += 1) {
    const words = random() < 0.5 ? 'rename the local variable' : 'untangle the nested recursive locks';
    const features = featuresOf('fix', words);
    for (const key of KEYS) {
      const grade = random() < chanceOf(key, words) ? 1 : 0;
      to.learn(lesson(`t${task}`, key, grade, features));
    }
  }
}

suite('adequacy model', () => {
  test('without evidence the chance is the prior, and less sure than with it', () => {
    const fresh = model();
    const taught = model();
    for (let task = 0; task < 50; task += 1)
      taught.learn(lesson(`t${task}`, 'p/cheap', task % 10 < 7 ? 1 : 0));

    const [before] = fresh.chances(KEYS, featuresOf('fix'));
    const [after] = taught.chances(KEYS, featuresOf('fix'));

    assert.ok(Math.abs((before?.chance ?? 0) - PRIOR.chance) < 0.15);
    assert.equal(before?.seen, 0);
    assert.ok((after?.deviation ?? 1) < (before?.deviation ?? 0));
    assert.ok((after?.seen ?? 0) > 30);
  });

  test('what is learned in one type of task tells a little of the others, and much of the same', () => {
    const one = model();
    const before = one.chances(['p/cheap'], featuresOf('refactor'))[0]?.chance ?? 0;
    for (let task = 0; task < 60; task += 1) one.learn(lesson(`t${task}`, 'p/cheap', 0));

    const same = one.chances(['p/cheap'], featuresOf('fix'))[0]?.chance ?? 1;
    const other = one.chances(['p/cheap'], featuresOf('refactor'))[0]?.chance ?? 1;

    assert.ok(same < 0.15, `${same}`);
    assert.ok(other < before && other > same, `${other}`);
  });

  test('words that go with the outcome are believed, words that do not are not', () => {
    const telling = model();
    teach(telling, 300, seededRandom(5), (key, words) =>
      key === 'p/dear' || words.startsWith('r') ? 0.9 : 0.2,
    );
    const noise = model();
    teach(noise, 300, seededRandom(5), (key) => (key === 'p/dear' ? 0.9 : 0.55));
    const uplift = (of: AdequacyModel, words: string) => {
      const [cheap, dear] = of.chances(KEYS, featuresOf('fix', words));
      return (dear?.chance ?? 0) - (cheap?.chance ?? 0);
    };

    const learned = uplift(telling, 'untangle the nested locks') - uplift(telling, 'rename the variable');
    const none = uplift(noise, 'untangle the nested locks') - uplift(noise, 'rename the variable');

    assert.ok(learned > 0.3, `${learned}`);
    assert.ok(Math.abs(none) < 0.12, `${none}`);
  });

  test('a grade that changes later replaces what was learned from it', () => {
    const revised = model();
    const once = model();
    for (let task = 0; task < 30; task += 1) {
      revised.learn(lesson(`t${task}`, 'p/cheap', 1));
      revised.learn(lesson(`t${task}`, 'p/cheap', 0));
      once.learn(lesson(`t${task}`, 'p/cheap', 0));
    }

    const [a] = revised.chances(['p/cheap'], featuresOf('fix'));
    const [b] = once.chances(['p/cheap'], featuresOf('fix'));

    assert.ok(Math.abs((a?.chance ?? 0) - (b?.chance ?? 1)) < 0.08, `${a?.chance} ${b?.chance}`);
    assert.equal(revised.lessons, 30);
  });

  test('what a prior is worth holds on every level together: as many outcomes weigh as much as it', () => {
    const one = model();
    for (let task = 0; task < 40; task += 1)
      one.learn(lesson(`t${task}`, 'p/cheap', 0, featuresOf('fix', '', 'go')));

    const [known] = one.chances(['p/cheap'], featuresOf('fix', '', 'go'));

    // All of the evidence once: between the prior of ten outcomes alone, and with what is common to all models.
    const least = (PRIOR.chance * 7) / 47;
    const most = (PRIOR.chance * 13) / 53;
    assert.ok((known?.chance ?? 0) > least && (known?.chance ?? 1) < most, `${known?.chance}`);
  });

  test('what one model shows of a type of task is in part believed of a model that was never asked', () => {
    const one = model();
    for (let task = 0; task < 60; task += 1) one.learn(lesson(`t${task}`, 'p/cheap', 0));

    const [cheap, dear] = one.chances(KEYS, featuresOf('fix'));

    assert.ok((dear?.chance ?? 1) < PRIOR.chance - 0.08, `${dear?.chance}`);
    assert.ok((dear?.chance ?? 0) > (cheap?.chance ?? 1) + 0.2, `${dear?.chance} ${cheap?.chance}`);
    assert.equal(dear?.seen, 0);
  });

  test('words that tell something of every second task count after eighty of them', () => {
    const learned = [3, 4, 5, 6, 7].map((seed) => {
      const early = model();
      teach(early, 80, seededRandom(seed), (key, words) =>
        key === 'p/dear' || words.startsWith('r') ? 0.85 : 0.55,
      );
      const uplift = (words: string) => {
        const [cheap, dear] = early.chances(KEYS, featuresOf('fix', words));
        return (dear?.chance ?? 0) - (cheap?.chance ?? 0);
      };
      return uplift('untangle the nested locks') - uplift('rename the variable');
    });

    const usual = learned.reduce((sum, one) => sum + one, 0) / learned.length;

    assert.ok(usual > 0.1, `${learned}`);
  });

  test('a grade that is taken back does not count as a change of the model', () => {
    const one = model();
    const drifts = [];
    for (let task = 0; task < 200; task += 1) {
      const good = task % 10 < 7;
      drifts.push(one.learn(lesson(`t${task}`, 'p/cheap', 1)));
      if (!good) drifts.push(one.learn(lesson(`t${task}`, 'p/cheap', 0)));
    }

    assert.deepEqual(drifts.filter(Boolean), []);
  });

  test('after a change behind the same name what is hard is still known', () => {
    const one = model();
    const random = seededRandom(11);
    const [easy, hard] = [
      featuresOf('fix', 'rename the local variable'),
      featuresOf('fix', 'untangle locks'),
    ];
    const learn = (name: string, at: number, chances: readonly [number, number]) => {
      const [features, chance] = random() < 0.5 ? [easy, chances[0]] : [hard, chances[1]];
      return one.learn(lesson(`${name}${at}`, 'p/cheap', random() < chance ? 1 : 0, features));
    };
    for (let task = 0; task < 200; task += 1) learn('t', task, [0.95, 0.6]);
    let drift: unknown;
    for (let task = 0; task < 100 && drift === undefined; task += 1) drift = learn('u', task, [0.3, 0.1]);

    const of = (features: typeof easy) => one.chances(['p/cheap'], features)[0]?.chance ?? 0;

    assert.ok(drift !== undefined);
    assert.ok(of(easy) - of(hard) > 0.1, `${of(easy)} ${of(hard)}`);
  });

  test('a changed model behind the same name is noticed and soon known as it is now', () => {
    const random = seededRandom(11);
    const one = model();
    const drifts = [];
    for (let task = 0; task < 400; task += 1) {
      const drift = one.learn(lesson(`t${task}`, 'p/cheap', random() < 0.85 ? 1 : 0));
      if (drift) drifts.push(task);
    }
    assert.ok(drifts.length === 0, `false alarms at ${drifts}`);
    let found: number | undefined;
    for (let task = 0; task < 40; task += 1) {
      const drift = one.learn(lesson(`u${task}`, 'p/cheap', random() < 0.3 ? 1 : 0));
      if (drift && found === undefined) found = task;
      if (drift) assert.equal(drift.better, false);
    }

    const now = one.chances(['p/cheap'], featuresOf('fix'))[0]?.chance ?? 1;

    assert.ok(found !== undefined && found < 25, `found after ${found}`);
    assert.ok(now < 0.5, `${now}`);
  });
});
