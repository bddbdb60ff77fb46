import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { SluiceError } from '../../src/base/errors.ts';
import { seededRandom } from '../../src/base/random.ts';
import { TASK_TYPES } from '../../src/base/task.ts';
import { chanceAdequate } from '../../src/routing/adequacy.ts';
import { automatic, bindModel, type ModelInfo } from '../../src/routing/catalogue.ts';
import { catalogueOf } from '../../src/routing/catalogueData.ts';
import { complexity } from '../../src/routing/complexity.ts';
import { costUsd } from '../../src/routing/cost.ts';
import { taskFeatures } from '../../src/routing/features.ts';
import { type RouteInput, route } from '../../src/routing/router.ts';
import { SIMULATED_MODELS } from '../../src/routing/simulatedModels.ts';
import { FAST, STRONG } from '../support/spine.ts';

const models = [bindModel(FAST, 'test', false), bindModel(STRONG, 'test', false)];
const easy = {
  task: 'explain',
  instruction: '',
  language: 'typescript',
  code: 'const a = 1;',
  problems: 0,
  inputTokens: 100,
} as const;
const hard = {
  ...easy,
  task: 'refactor',
  instruction:
    'Why does this deadlock? Redesign the concurrency without changing the API; it must keep exactly the order',
  inputTokens: 20_000,
} as const;

function input(overrides: Partial<RouteInput> = {}): RouteInput {
  return {
    features: taskFeatures(easy),
    models,
    rules: [],
    bar: 0.7,
    outputTokens: 500,
    room: () => ({ waitMs: 0 }),
    ...overrides,
  };
}

/** Catches nine in ten bad answers and blames one good one in fifty. */
const plan = { check: { catches: 0.9, falseAlarms: 0.02, costUsd: 0 }, worthUsd: 0.5, mostAnswers: 3 };
const withChances = (...chances: readonly number[]) => ({
  chances: () => chances.map((chance) => ({ chance, deviation: 0.05, seen: 50, seenInAll: 50 })),
});

const kinds = (decision: ReturnType<typeof route>) => decision.reasons.map(({ kind }) => kind);

suite('router', () => {
  test('an easy task goes to the cheapest model that passes the bar, and names the next dearer one', () => {
    const decision = route(input());

    assert.equal(decision.chosen.modelKey, 'test/fast');
    assert.equal(decision.nextDearer?.modelKey, 'test/strong');
    assert.equal(decision.nextCheaper, undefined);
    assert.deepEqual(kinds(decision), ['complexity', 'cheapest-adequate']);
    assert.deepEqual(
      decision.fallbacks.map(({ modelKey }) => modelKey),
      ['test/strong'],
    );
  });

  test('a hard task goes up', () => {
    const decision = route(input({ features: taskFeatures(hard), bar: 0.6 }));

    assert.equal(decision.chosen.modelKey, 'test/strong');
    assert.equal(decision.nextCheaper?.modelKey, 'test/fast');
  });

  test('when none passes the bar the best one is taken and the decision says so', () => {
    const decision = route(input({ features: taskFeatures(hard), bar: 0.999 }));

    assert.equal(decision.chosen.modelKey, 'test/strong');
    assert.ok(kinds(decision).includes('best-available'));
  });

  test('a model without room is left out with its limit and wait; when none has room all stay', () => {
    const room = (model: ModelInfo) =>
      model.name === 'fast' ? { limit: 'tokens', waitMs: 5_000 } : { waitMs: 0 };
    const full = () => ({ limit: 'tokens', waitMs: 5_000 });

    const decision = route(input({ room }));
    const none = route(input({ room: full }));

    assert.equal(decision.chosen.modelKey, 'test/strong');
    assert.ok(kinds(decision).includes('skipped-no-room'));
    assert.equal(none.chosen.modelKey, 'test/fast');
  });

  test('a model whose limit will run out is spared while another one is good enough, and the decision says so', () => {
    const worth = (model: ModelInfo) => (model.name === 'fast' ? 20 : 1);

    const plenty = route(input());
    const scarce = route(input({ worth }));

    assert.equal(plenty.chosen.modelKey, 'test/fast');
    assert.ok(!kinds(plenty).includes('spared'));
    assert.equal(scarce.chosen.modelKey, 'test/strong');
    assert.deepEqual(
      scarce.reasons.filter(({ kind }) => kind === 'spared'),
      [{ kind: 'spared', model: 'Fast', worth: 20 }],
    );
  });

  test('a model whose platform fails is passed over for one not dearer than that counts, and the decision says so', () => {
    const trouble = (factor: number) => (model: ModelInfo) =>
      model.name === 'fast' ? { failed: 0.5, slower: 1, factor } : undefined;

    const bearable = route(input({ trouble: trouble(2) }));
    const unbearable = route(input({ trouble: trouble(20) }));

    assert.equal(bearable.chosen.modelKey, 'test/fast');
    assert.equal(unbearable.chosen.modelKey, 'test/strong');
    assert.deepEqual(
      unbearable.reasons.filter(({ kind }) => kind === 'unsteady'),
      [{ kind: 'unsteady', model: 'Fast', failed: 0.5, slower: 1, worth: 20 }],
    );
  });

  test('a subscription costs nothing until its window gets scarce: then it counts what it would cost', () => {
    const [fast, strong] = models;
    assert.ok(fast && strong);
    const paid: ModelInfo = { ...strong, billing: 'subscription' };
    const of = (worth: number) =>
      route(input({ models: [fast, paid], worth: (model) => (model === paid ? worth : 1) })).chosen;

    assert.equal(of(1).modelKey, 'test/strong');
    assert.equal(of(1.05).modelKey, 'test/strong');
    assert.equal(of(4).modelKey, 'test/fast');
    assert.equal(of(4).estimatedUsd !== 0, true);
  });

  test('the first rule that fits decides; one that names a missing model is ignored and told', () => {
    const ruled = route(
      input({
        rules: [
          { language: 'python', model: 'x' },
          { task: 'explain', model: 'test/strong' },
        ],
      }),
    );
    const missing = route(input({ rules: [{ model: 'test/none' }] }));

    assert.equal(ruled.chosen.modelKey, 'test/strong');
    assert.ok(kinds(ruled).includes('rule'));
    assert.equal(missing.chosen.modelKey, 'test/fast');
    assert.ok(kinds(missing).includes('rule-names-missing-model'));
  });

  test('asking for a stronger model overrules a rule, and says when there is none', () => {
    const stronger = route(input({ strongerThan: 'test/fast', rules: [{ model: 'test/fast' }] }));
    const none = () => route(input({ strongerThan: 'test/strong' }));

    assert.equal(stronger.chosen.modelKey, 'test/strong');
    assert.ok(kinds(stronger).includes('asked-stronger'));
    assert.equal(stronger.nextCheaper?.modelKey, 'test/fast');
    assert.throws(none, (error) => SluiceError.is(error, 'no-model') && error.facts.why === 'none-stronger');
  });

  test('the model that the person chose answers whatever the bar and the rules say, or nothing does', () => {
    const rules = [{ model: 'test/fast' }];

    const chosen = route(input({ model: 'test/strong', rules }));
    const gone = () => route(input({ model: 'test/gone' }));

    assert.equal(chosen.chosen.modelKey, 'test/strong');
    assert.deepEqual([chosen.reasons.at(-1)?.kind, chosen.fallbacks], ['asked-by-name', []]);
    assert.throws(
      gone,
      (error) => SluiceError.is(error, 'model-not-found') && error.facts.model === 'test/gone',
    );
  });

  test('what no model can take is refused with the length and the longest limit', () => {
    const features = { ...taskFeatures(easy), inputTokens: 200_000 };

    assert.throws(
      () => route(input({ features })),
      (error) => SluiceError.is(error, 'context-too-long') && error.facts.limitTokens === 100_000,
    );
  });

  test('a model whose price is unknown is not taken for a free one', () => {
    const { price: _unknown, ...unpriced } = STRONG;
    const decision = route(input({ models: [bindModel(unpriced, 'test', false), ...models.slice(0, 1)] }));

    assert.equal(decision.chosen.modelKey, 'test/fast');
    assert.equal(decision.nextDearer?.estimatedUsd, undefined);
  });

  test('nothing connected is an error of its own', () => {
    assert.throws(
      () => route(input({ models: [] })),
      (error) => SluiceError.is(error, 'no-model') && error.facts.why === 'none-connected',
    );
  });

  test('lists, privacy and caps leave models out, and say so when they leave none', () => {
    const why = (limits: RouteInput['limits']) => {
      try {
        route(input({ limits: limits ?? {} }));
        return undefined;
      } catch (error) {
        return SluiceError.is(error, 'no-model') ? error.facts.why : error;
      }
    };

    const denied = route(input({ limits: { deny: ['test/f*'] } }));

    assert.equal(denied.chosen.modelKey, 'test/strong');
    assert.ok(kinds(denied).includes('not-allowed'));
    assert.equal(why({ allow: ['other/*'] }), 'none-allowed');
    assert.equal(why({ allow: ['test/*'], deny: ['*'] }), 'none-allowed');
    assert.equal(why({ localOnly: true }), 'none-local');
    assert.equal(why({ maxUsd: 1e-9 }), 'none-so-cheap');
  });

  test('where no model is as fast as wanted the fastest answers, and the receipt says so', () => {
    const decision = route(input({ limits: { maxMs: 1 } }));

    assert.equal(decision.chosen.modelKey, 'test/fast');
    assert.ok(kinds(decision).includes('none-so-fast'));
  });

  test('with every price unknown the choice goes by chance alone', () => {
    const unpriced = models.map(({ price: _price, ...rest }) => rest);

    const decision = route(input({ models: unpriced, features: taskFeatures(hard), bar: 0.99 }));

    assert.equal(decision.chosen.modelKey, 'test/strong');
    assert.equal(decision.chosen.estimatedUsd, undefined);
  });

  test('a rule whose model may not be used is told, and the choice goes on', () => {
    const rules = [{ model: 'test/strong' }];

    const decision = route(input({ rules, limits: { deny: ['test/strong'] } }));

    assert.equal(decision.chosen.modelKey, 'test/fast');
    assert.ok(kinds(decision).includes('rule-cannot'));
  });

  test('another model is tried out only below the share, below the cost, and never against a rule', () => {
    const chances: RouteInput['chances'] = (keys) =>
      keys.map(() => ({ chance: 0.8, deviation: 0.1, seen: 3, seenInAll: 9 }));
    const explore = { share: 0.03, draw: 0.01, mostUsd: 1 };

    const tried = route(input({ chances, explore }));
    const not = route(input({ chances, explore: { ...explore, draw: 0.03 } }));
    const dear = route(input({ chances, explore: { ...explore, mostUsd: 1e-6 } }));
    const ruled = route(input({ chances, explore, rules: [{ model: 'test/fast' }] }));

    assert.equal(tried.chosen.modelKey, 'test/strong');
    assert.ok(kinds(tried).includes('explored'));
    assert.deepEqual(
      [not, dear, ruled].map(({ chosen }) => chosen.modelKey),
      Array(3).fill('test/fast'),
    );
  });

  test('where no model passes the bar the one whose chance may turn out best is tried out', () => {
    const all = [...models, bindModel({ ...STRONG, name: 'other', label: 'Other' }, 'test', false)];
    const told: Readonly<Record<string, readonly [number, number]>> = {
      'test/fast': [0.6, 0.05],
      'test/strong': [0.6, 0.3],
      'test/other': [0.6, 0.1],
    };
    const chances: RouteInput['chances'] = (keys) =>
      keys.map((key) => {
        const [chance = 0, deviation = 0] = told[key] ?? [];
        return { chance, deviation, seen: 3, seenInAll: 9 };
      });
    const explore = { share: 0.03, draw: 0.01, mostUsd: 1 };
    const common = { chances, models: all, bar: 0.95, explore };

    const tried = route(input(common));
    const not = route(input({ ...common, explore: { ...explore, draw: 0.5 } }));
    const dear = route(input({ ...common, explore: { ...explore, mostUsd: 1e-6 } }));

    assert.equal(tried.chosen.modelKey, 'test/strong');
    assert.ok(kinds(tried).includes('explored'));
    assert.deepEqual(
      [not, dear].map(({ chosen }) => chosen.modelKey),
      ['test/fast', 'test/fast'],
    );
  });

  test('a model that is surely worse is not tried out, however seldom it was', () => {
    const chances: RouteInput['chances'] = (keys) =>
      keys.map((key) => ({
        chance: key === 'test/fast' ? 0.8 : 0.4,
        deviation: 0.06,
        seen: 0,
        seenInAll: 0,
      }));
    const explore = { share: 1, draw: 0, mostUsd: 1 };

    const decision = route(input({ chances, bar: 0.95, explore }));

    assert.equal(decision.chosen.modelKey, 'test/fast');
  });

  test('over random tasks: the choice passes the bar or is worth its price, and no cheaper model costs less in all', () => {
    const random = seededRandom(3);
    const all = [...catalogueOf('anthropic'), ...catalogueOf('openai'), ...SIMULATED_MODELS].map((row) =>
      bindModel(row, 'all', false),
    );
    for (let run = 0; run < 2_000; run += 1) {
      const task = TASK_TYPES[Math.floor(random() * TASK_TYPES.length)] ?? 'explain';
      const features = taskFeatures({
        ...easy,
        task,
        inputTokens: Math.floor(random() * 30_000),
        problems: Math.floor(random() * 9),
      });
      const bar = random();
      const decision = route(input({ features, models: all, bar }));
      const { chosen } = decision;
      const best = Math.max(chosen.chance, ...decision.fallbacks.map(({ chance }) => chance));
      const told = new Set(
        decision.reasons.flatMap((reason) => (reason.kind === 'dearer-in-all' ? [reason.model] : [])),
      );
      const unexplained = decision.fallbacks.filter(
        ({ estimatedUsd = 0, label }) => estimatedUsd < (chosen.estimatedUsd ?? 0) && !told.has(label),
      );

      // Where none passes, a fifth of a chance is worth one call of the dearest model and no more.
      assert.ok(chosen.chance >= bar || chosen.chance >= best - 0.2);
      if (chosen.chance >= bar) assert.ok(unexplained.every(({ chance }) => chance < bar));
      assert.equal(decision.fallbacks.length, automatic(all).length - 1);
    }
  });

  test('what is checked before anyone sees it begins with a cheaper model where the whole plan passes the bar for less', () => {
    const chances = withChances(0.5, 0.9);

    const alone = route(input(chances));
    const checked = route(input({ ...chances, plan }));

    assert.equal(alone.chosen.label, 'Strong');
    assert.equal(checked.chosen.label, 'Fast');
    const why = checked.reasons.find(({ kind }) => kind === 'planned');
    assert.ok(why?.kind === 'planned' && why.instead === 'Strong' && why.chance === 0.5);
    assert.ok(why.inAll >= 0.7 && why.inAll < 0.9);
    assert.deepEqual(
      checked.fallbacks.map(({ label }) => label),
      ['Strong'],
    );
  });

  test('it begins as ever where checks tell little, nobody may be asked after it, or the best or a stronger one was asked for', () => {
    const chances = withChances(0.5, 0.9);
    const poor = { ...plan, check: { catches: 0.2, falseAlarms: 0.02, costUsd: 0 } };

    const begun = [
      { plan: poor },
      { plan: { ...plan, mostAnswers: 1 } },
      { plan: { ...plan, budgetUsd: 0.001 } },
      { plan, bar: 1 },
      { plan, strongerThan: 'test/fast' },
      { plan, model: 'test/strong' },
      { plan, rules: [{ model: 'test/strong' }] },
    ].map((more) => route(input({ ...chances, ...more })));

    for (const decision of begun) {
      assert.equal(decision.chosen.label, 'Strong');
      assert.ok(!kinds(decision).includes('planned'));
    }
  });

  test('where no plan passes the bar, the one that is worth most begins', () => {
    const chances = withChances(0.3, 0.6);

    const cheap = route(input({ ...chances, plan: { ...plan, worthUsd: 0.01 }, bar: 0.95 }));
    const dear = route(input({ ...chances, plan: { ...plan, worthUsd: 100 }, bar: 0.95 }));

    assert.deepEqual([cheap.chosen.label, dear.chosen.label], ['Fast', 'Strong']);
  });
});

suite('cost and complexity', () => {
  test('cost adds each class of tokens at its own rate, to a millionth', () => {
    const price = {
      inputUsdPerMTok: 2,
      outputUsdPerMTok: 10,
      cacheReadUsdPerMTok: 0.1,
      cacheWriteUsdPerMTok: 2.5,
    };

    const usd = costUsd(price, {
      input: 1_000,
      output: 500,
      cacheRead: 10_000,
      cacheWrite: 2_000,
      reasoning: 100,
    });

    assert.equal(usd, 0.013);
    assert.equal(
      costUsd(undefined, { input: 1, output: 1, cacheRead: 0, cacheWrite: 0, reasoning: 0 }),
      undefined,
    );
  });

  test('a prompt above the threshold costs the long rate as a whole, the cached part counted', () => {
    const haiku = catalogueOf('anthropic').find(({ name }) => name === 'claude-haiku-5-5')?.price;
    const usage = { output: 1_000, cacheWrite: 0, reasoning: 0 };

    assert.equal(costUsd(haiku, { ...usage, input: 100_000, cacheRead: 0 }), 0.0105);
    assert.equal(costUsd(haiku, { ...usage, input: 50_000, cacheRead: 50_001 }), 0.03);
  });

  test('complexity stays in [0, 1], rises with each feature, and knows simple from complex', () => {
    const simple = complexity(taskFeatures(easy));
    const complex = complexity(taskFeatures(hard));
    const longer = complexity({ ...taskFeatures(easy), inputTokens: 5_000 });

    assert.ok(simple < 0.3 && complex > 0.7 && complex <= 1);
    assert.ok(longer > simple);
  });

  test('the chance falls with complexity and rises with quality', () => {
    assert.ok(chanceAdequate(0.7, 0.5) > 0.699 && chanceAdequate(0.7, 0.5) < 0.701);
    assert.ok(chanceAdequate(0.7, 0.1) > chanceAdequate(0.7, 0.9));
    assert.ok(chanceAdequate(0.9, 0.5) > chanceAdequate(0.6, 0.5));
  });
});
