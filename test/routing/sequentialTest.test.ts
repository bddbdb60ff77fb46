import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { type Random, seededRandom } from '../../src/base/random.ts';
import {
  amountDifference,
  LEAST_AMOUNTS,
  meanDifference,
  ruledOut,
  type Sums,
} from '../../src/routing/sequentialTest.ts';

const NONE: Sums = { count: 0, sum: 0, squares: 0 };
const ALPHA = 0.05;

function plus({ count, sum, squares }: Sums, value: number): Sums {
  return { count: count + 1, sum: sum + value, squares: squares + value * value };
}

interface World {
  /** Whether the interval leaves `value` out. */
  readonly excludes: (first: Sums, second: Sums, value: number) => boolean;
  readonly first: (random: Random) => number;
  readonly second: (random: Random) => number;
  readonly truth: number;
}

/** Looks after every outcome; how many of `runs` ever left the truth out, and when each first told a difference. */
function simulate(world: World, runs: number, outcomes: number) {
  let missed = 0;
  const toldAfter: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const random = seededRandom(1_000 + run);
    let [first, second] = [NONE, NONE];
    let out = false;
    let told: number | undefined;
    for (let seen = 1; seen <= outcomes && !(out && (world.truth === 0 || told !== undefined)); seen += 1) {
      if (random() < 0.5) first = plus(first, world.first(random));
      else second = plus(second, world.second(random));
      out ||= world.excludes(first, second, world.truth);
      if (world.truth !== 0 && told === undefined && world.excludes(first, second, 0)) told = seen;
    }
    if (out) missed += 1;
    toldAfter.push(told ?? Number.POSITIVE_INFINITY);
  }
  return { missed, toldAfter: toldAfter.toSorted((a, b) => a - b) };
}

const ofMeans: World['excludes'] = (first, second, value) => ruledOut(first, second, value, ALPHA);
const ofAmounts: World['excludes'] = (first, second, value) => {
  const { low, high } = amountDifference(first, second, ALPHA);
  return value < low || value > high;
};
const yes = (chance: number) => (random: Random) => (random() < chance ? 1 : 0);
/** Log-normal by Box and Muller: costs and times have such long tails. */
const amount = (median: number) => (random: Random) =>
  median * Math.exp(0.8 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
const meanAmount = (median: number) => median * Math.exp(0.32);
/** So many misses of 2,000 runs are above 5 % by chance less than once in a thousand. */
const MOST_MISSES_OF_2000 = 130;

suite('sequential test', function () {
  this.timeout(120_000);

  for (const chance of [0.05, 0.5, 0.8]) {
    test(`without a difference at ${chance}, looking after every one of 200 answers tells one in at most 5 % of 2,000 runs`, () => {
      const world = { excludes: ofMeans, first: yes(chance), second: yes(chance), truth: 0 };

      const { missed } = simulate(world, 2_000, 200);

      assert.ok(missed <= MOST_MISSES_OF_2000, `${missed} of 2,000`);
      assert.ok(missed > 0, 'a test that never errs would be of no use either');
    });
  }

  test('for outcomes between 0 and 1 too', () => {
    const share = (random: Random) => Math.max(random(), random());

    const { missed } = simulate({ excludes: ofMeans, first: share, second: share, truth: 0 }, 2_000, 200);

    assert.ok(missed <= MOST_MISSES_OF_2000, `${missed} of 2,000`);
  });

  test('a true difference stays within the interval, and is told: 0.5 against 0.8 in half of the runs by 150 answers', () => {
    const world = { excludes: ofMeans, first: yes(0.5), second: yes(0.8), truth: 0.3 };

    const { missed, toldAfter } = simulate(world, 500, 400);

    assert.ok(missed <= 40, `${missed} of 500`);
    assert.ok((toldAfter[250] ?? 0) <= 150, `half told after ${toldAfter[250]}`);
    assert.ok((toldAfter[475] ?? 0) <= 400, `19 of 20 told after ${toldAfter[475]}`);
  });

  test('of costs with a long tail, without a difference, one is told in at most 5 % of 2,000 runs', () => {
    const world = { excludes: ofAmounts, first: amount(1), second: amount(1), truth: 0 };

    const { missed } = simulate(world, 2_000, 500);

    assert.ok(missed <= MOST_MISSES_OF_2000, `${missed} of 2,000`);
  });

  test('that one costs half as much as the other is told in half of the runs by 300 answers', () => {
    const world = {
      excludes: ofAmounts,
      first: amount(2),
      second: amount(1),
      truth: meanAmount(1) - meanAmount(2),
    };

    const { missed, toldAfter } = simulate(world, 500, 600);

    assert.ok(missed <= 40, `${missed} of 500`);
    assert.ok((toldAfter[250] ?? 0) <= 300, `half told after ${toldAfter[250]}`);
  });

  test('without outcomes nothing is said, and of amounts not before there are enough', () => {
    const few = { count: LEAST_AMOUNTS - 1, sum: 60, squares: 130 };
    const many = { count: 100, sum: 200, squares: 450 };

    assert.deepEqual(meanDifference(NONE, { count: 9, sum: 9, squares: 9 }, ALPHA), { low: -1, high: 1 });
    assert.equal(amountDifference(few, many, ALPHA).low, Number.NEGATIVE_INFINITY);
    assert.ok(Number.isFinite(amountDifference(many, many, ALPHA).low));
  });

  test('the interval holds the estimate, changes sides with the arms, and a stricter rate makes it wider', () => {
    const first = { count: 40, sum: 12, squares: 12 };
    const second = { count: 60, sum: 47, squares: 47 };

    const told = meanDifference(first, second, ALPHA);
    const turned = meanDifference(second, first, ALPHA);
    const stricter = meanDifference(first, second, ALPHA / 100);

    assert.ok(told.low < (told.estimate ?? 0) && (told.estimate ?? 0) < told.high);
    assert.ok(Math.abs(told.low + turned.high) < 1e-9 && Math.abs(told.high + turned.low) < 1e-9);
    assert.ok(stricter.low < told.low && stricter.high > told.high);
    for (const end of [told.low, told.high]) {
      const inwards = Math.sign((told.estimate ?? 0) - end) * 1e-6;
      assert.ok(
        !ruledOut(first, second, end + inwards, ALPHA) && ruledOut(first, second, end - inwards, ALPHA),
      );
    }
  });
});
