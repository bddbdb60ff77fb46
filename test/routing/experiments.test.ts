import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { parseSettings } from '../../src/flow/settings.ts';
import { sha256 } from '../../src/node/sha256.ts';
import { assign, experimentKey } from '../../src/routing/experimentAssignment.ts';
import type { Experiment } from '../../src/routing/experiments.ts';
import { type VariantSums, verdicts } from '../../src/routing/experimentVerdict.ts';

const VARIANTS = [
  { name: 'as it is' },
  { name: 'lower bar', weight: 3, settings: { 'routing.qualityBar': 0.5 } },
];
const GOOD = { name: 'bar', variants: VARIANTS };

function parsed(...rows: readonly unknown[]) {
  return parseSettings((key) => (key === 'experiments' ? rows : undefined));
}

function experiment(row: unknown = GOOD): Experiment {
  return parsed(row).settings.experiments[0] ?? assert.fail('it is a good one');
}

suite('experiments', () => {
  test('a declared experiment is read with its defaults, its settings as they will be in force', () => {
    const { settings, rejected } = parsed({
      name: ' bar ',
      variants: [{ name: 'a' }, { name: 'b', settings: { 'sluice.routing.qualityBar': 0.5 } }],
    });

    assert.deepEqual(rejected, []);
    assert.deepEqual(settings.experiments, [
      {
        name: 'bar',
        per: 'person',
        metric: 'accepted',
        errorRate: 0.05,
        variants: [
          { name: 'a', weight: 1, settings: {} },
          { name: 'b', weight: 1, settings: { 'routing.qualityBar': 0.5 } },
        ],
      },
    ]);
  });

  test('a row that is wrong is told with what is wrong in it, and the others count', () => {
    const variants = (changes: object) => ({
      name: 'x',
      variants: [{ name: 'a' }, { name: 'b', ...changes }],
    });
    const wrong: readonly (readonly [unknown, string])[] = [
      [7, ''],
      [{ ...GOOD, name: '' }, 'name'],
      [{ ...GOOD, name: 'bar' }, 'name'],
      [{ ...GOOD, name: 'x', per: 'team' }, 'per'],
      [{ ...GOOD, name: 'x', metric: 'joy' }, 'metric'],
      [{ ...GOOD, name: 'x', errorRate: 0 }, 'errorRate'],
      [{ ...GOOD, name: 'x', tasks: ['cook'] }, 'tasks'],
      [{ name: 'x', variants: [{ name: 'a' }] }, 'variants'],
      [variants({ name: 'a' }), 'variants 2: name'],
      [variants({ weight: -1 }), 'variants 2: weight'],
      [variants({ settings: 7 }), 'variants 2: settings'],
      [variants({ settings: { 'cache.enabled': 'maybe' } }), 'variants 2: cache.enabled'],
      [variants({ settings: { 'redis.url': 'redis://elsewhere' } }), 'variants 2: redis.url'],
      [variants({ settings: { 'routing.localOnly': false } }), 'variants 2: routing.localOnly'],
      [variants({ settings: { 'routing.unheardOf': 1 } }), 'variants 2: routing.unheardOf'],
      [variants({ settings: { 'routing.qualityBar': 0.4 } }), 'variants 2: routing.qualityBar'],
      [
        { ...variants({ settings: { 'cache.ttlMinutes': 5 } }), per: 'request' },
        'variants 2: cache.ttlMinutes',
      ],
      [{ ...variants({}), note: 'x' }, 'note'],
    ];

    const { settings, rows } = parsed(GOOD, ...wrong.map(([row]) => row));

    assert.deepEqual(
      settings.experiments.map(({ name }) => name),
      ['bar'],
    );
    assert.deepEqual(
      rows,
      wrong.map(([, field], index) => ({ key: 'experiments', row: index + 2, field })),
    );
  });

  test('the same installation always has the same variant, and variants are shared out by their weights', () => {
    const people = Array.from({ length: 4_000 }, (_, index) => [`installation-${index}`]);
    const names = people.map((unit) => assign(experiment(), unit, sha256)?.name);
    const again = people.map((unit) => assign(experiment(), unit, sha256)?.name);

    const lower = names.filter((name) => name === 'lower bar').length / people.length;

    assert.deepEqual(names, again);
    assert.ok(Math.abs(lower - 0.75) < 0.03, `${lower}`);
  });

  test('who is in one experiment’s second variant says nothing of another experiment', () => {
    const other = experiment({ name: 'another', variants: [{ name: 'a' }, { name: 'b' }] });
    const people = Array.from({ length: 4_000 }, (_, index) => [`installation-${index}`]);
    const lower = people.filter((unit) => assign(experiment(), unit, sha256)?.name === 'lower bar');

    const both = lower.filter((unit) => assign(other, unit, sha256)?.name === 'b');

    assert.ok(Math.abs(both.length / lower.length - 0.5) < 0.04, `${both.length} of ${lower.length}`);
  });

  test('whoever would have a stopped variant has the first one', () => {
    const people = Array.from({ length: 100 }, (_, index) => [`installation-${index}`]);

    const names = people.map((unit) => assign(experiment(), unit, sha256, new Set(['lower bar']))?.name);

    assert.deepEqual([...new Set(names)], ['as it is']);
  });

  test('a changed experiment is another one: it counts anew; a changed rate or weight is not', () => {
    const key = experimentKey(experiment(), sha256);
    const changed = {
      ...GOOD,
      variants: [{ name: 'as it is' }, { name: 'lower bar', settings: { 'routing.qualityBar': 0.4 } }],
    };

    assert.notEqual(experimentKey(experiment(changed), sha256), key);
    assert.equal(experimentKey(experiment({ ...GOOD, errorRate: 0.01 }), sha256), key);
  });
});

suite('experiment verdicts', () => {
  const yes = (count: number, sum: number) => ({ count, sum, squares: sum });
  const amounts = (count: number, mean: number) => ({
    count,
    sum: count * mean,
    squares: count * mean * mean * 1.25,
  });
  const sums = (variant: string, changes: Partial<VariantSums>): VariantSums => ({
    variant,
    count: 200,
    accepted: yes(200, 120),
    quality: yes(200, 110),
    cost: amounts(200, 0.01),
    time: amounts(200, 900),
    ...changes,
  });
  const kindOf = (changes: Partial<VariantSums>, metric: Experiment['metric']) =>
    verdicts({ ...experiment(), metric }, [sums('as it is', {}), sums('lower bar', changes)]).map(
      ({ kind }) => kind,
    );

  test('more accepted is better, fewer harmful, whatever else is compared', () => {
    assert.deepEqual(kindOf({ accepted: yes(200, 170) }, 'accepted'), ['better']);
    assert.deepEqual(kindOf({ accepted: yes(200, 60) }, 'accepted'), ['harmful']);
    assert.deepEqual(kindOf({ accepted: yes(200, 60), cost: amounts(200, 0.001) }, 'cost'), ['harmful']);
  });

  test('less money and less time are better, more are worse, and a little is not told', () => {
    assert.deepEqual(kindOf({ cost: amounts(200, 0.004) }, 'cost'), ['better']);
    assert.deepEqual(kindOf({ time: amounts(200, 2_000) }, 'time'), ['worse']);
    assert.deepEqual(kindOf({ time: amounts(200, 905) }, 'time'), ['undecided']);
  });

  test('without any answer nothing is told', () => {
    const [verdict] = verdicts(experiment(), []);

    assert.deepEqual(verdict, {
      variant: 'lower bar',
      kind: 'undecided',
      difference: { low: -1, high: 1 },
      acceptedDifference: { low: -1, high: 1 },
    });
  });
});
