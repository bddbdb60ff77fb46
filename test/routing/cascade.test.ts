import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { cascadePlans, chanceAfterCheck, nextStep } from '../../src/routing/cascade.ts';

const cheap = { modelKey: 'p/cheap', chance: 0.6, costUsd: 0.01 };
const dear = { modelKey: 'p/dear', chance: 0.8, costUsd: 0.1 };
const check = { catches: 0.9, falseAlarms: 0.05, costUsd: 0 };
const terms = { check, worthUsd: 0.5 };

suite('cascade', () => {
  test('a good check makes it worth while to begin cheap and to go up after a rejection', () => {
    const [plan] = cascadePlans([cheap, dear], terms, 2);
    const step = nextStep([{ option: cheap, rejected: true }], [cheap, dear], terms);

    assert.equal(plan?.first.modelKey, 'p/cheap');
    assert.ok((plan?.chance ?? 0) > cheap.chance);
    assert.equal(step?.next.modelKey, 'p/dear');
    assert.ok((step?.gainUsd ?? 0) > 0);
  });

  test('a check that tells nothing is no reason to begin cheap for an answer worth much', () => {
    const blind = { check: { catches: 0.3, falseAlarms: 0.3, costUsd: 0 }, worthUsd: 1 };

    assert.equal(cascadePlans([cheap, dear], blind, 2)[0]?.first.modelKey, 'p/dear');
  });

  test('it ends where an answer passed, where no step is worth it, and where the budget ends', () => {
    const tried = [{ option: cheap, rejected: true }];

    assert.equal(nextStep([{ option: cheap, rejected: false }], [cheap, dear], terms), undefined);
    assert.equal(nextStep(tried, [cheap, dear], { check, worthUsd: 0.05 }), undefined);
    assert.equal(nextStep(tried, [cheap, dear], { ...terms, budgetUsd: 0.1 }), undefined);
    assert.equal(nextStep(tried, [cheap], terms), undefined);
  });

  test('a failure that was dear makes the next step dearer', () => {
    const usual = nextStep([{ option: cheap, rejected: true }], [cheap, dear], terms);
    const long = nextStep([{ option: cheap, rejected: true, costUsd: 0.02 }], [cheap, dear], terms);

    assert.ok((long?.costUsd ?? 0) > (usual?.costUsd ?? 1));
  });

  test('a rejection takes from the chance, an approval adds, a check that tells nothing does neither', () => {
    assert.ok(chanceAfterCheck(0.6, check, true) < 0.1);
    assert.ok(chanceAfterCheck(0.6, check, false) > 0.9);
    assert.equal(chanceAfterCheck(0.6, { catches: 0.3, falseAlarms: 0.3, costUsd: 0 }, true), 0.6);
  });
});
