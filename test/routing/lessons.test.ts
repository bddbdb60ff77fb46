import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { taskFeatures } from '../../src/routing/features.ts';
import { gradeOf, parseLesson } from '../../src/routing/lessons.ts';
import type { OutcomeFacts } from '../../src/routing/outcomes.ts';

const grade = (...outcomes: OutcomeFacts[]) => gradeOf(outcomes)?.grade;
const accepted = { kind: 'edit-settled', accepted: 2, rejected: 0, lost: 0 } as const;

suite('lessons', () => {
  test('accepted and left alone is good, changed much is half of it, undone soon is nothing', () => {
    assert.equal(grade(accepted), 1);
    assert.equal(grade(accepted, { kind: 'edited-after', share: 0 }), 1);
    assert.equal(grade(accepted, { kind: 'edited-after', share: 0.5 }), 0.5);
    assert.equal(grade(accepted, { kind: 'undone', afterMs: 5_000 }), 0);
    assert.equal(grade(accepted, { kind: 'problems', before: 1, after: 2 }), 0.5);
    assert.equal(grade(accepted, { kind: 'problems', before: 2, after: 0 }), 1);
  });

  test('the person’s own word is the last one', () => {
    assert.equal(grade(accepted, { kind: 'thumbs', up: false }), 0);
    assert.equal(grade({ kind: 'asked-again' }, { kind: 'thumbs', up: true }), 1);
  });

  test('once said, hints no longer count against it; a failed test and an undo do', () => {
    const good = { kind: 'thumbs', up: true } as const;
    assert.equal(grade(good, { kind: 'asked-again' }, { kind: 'edited-after', share: 1 }), 1);
    assert.equal(grade({ kind: 'thumbs', up: false }, accepted, { kind: 'copied' }), 0);
    assert.equal(grade({ kind: 'thumbs', up: false }, { kind: 'tested', passed: true }), 0);
    assert.equal(grade(good, { kind: 'tested', passed: false }), 0);
    assert.equal(grade(good, { kind: 'undone', afterMs: 5_000 }), 0);
    assert.equal(grade(good, { kind: 'thumbs', up: false }, good), 1);
  });

  test('whether the answer was taken is told apart from how good it was', () => {
    const taken = (...outcomes: OutcomeFacts[]) => gradeOf(outcomes)?.accepted;
    const checked = { kind: 'checked', check: 'parses', passed: false } as const;

    assert.equal(taken(checked), undefined);
    assert.equal(taken(checked, { kind: 'copied' }), 1);
    assert.equal(taken({ kind: 'edit-settled', accepted: 1, rejected: 3, lost: 0 }), 1);
    assert.equal(taken(accepted, { kind: 'tested', passed: false }), 1);
    assert.equal(taken(accepted, { kind: 'undone', afterMs: 500_000 }), 0);
    assert.equal(taken({ kind: 'copied' }, { kind: 'thumbs', up: false }), 0);
    assert.equal(taken({ kind: 'asked-fresh' }), undefined);
  });

  test('what says nothing of the quality gives no grade', () => {
    assert.equal(grade(), undefined);
    assert.equal(grade({ kind: 'cancelled' }), undefined);
    assert.equal(grade({ kind: 'edit-settled', accepted: 0, rejected: 0, lost: 3 }), undefined);
    assert.equal(grade({ kind: 'problems', before: 0, after: 3 }), undefined);
  });

  test('what comes back from a store is a lesson or nothing', () => {
    const features = taskFeatures({
      task: 'fix',
      instruction: 'fix it',
      language: 'go',
      code: 'x',
      problems: 1,
      inputTokens: 3,
    });
    const good = { taskId: 'r', atMs: 1, modelKey: 'p/m', features, grade: 1, weight: 1, source: 'person' };

    assert.deepEqual(parseLesson(JSON.parse(JSON.stringify(good))), good);
    for (const bad of [
      undefined,
      7,
      { ...good, grade: 2 },
      { ...good, weight: 0 },
      { ...good, features: { ...features, task: 'dance' } },
      { ...good, features: { ...features, words: [-1] } },
      { ...good, features: { ...features, inputTokens: null } },
      { ...good, source: 'rumour' },
    ])
      assert.equal(parseLesson(bad), undefined);
    // Each would have made a chance of every model, for every task, no number.
    for (const field of ['inputTokens', 'codeLines', 'nesting', 'problems', 'errors', 'symbols'])
      for (const value of [-5, 1e300, 'x'])
        assert.equal(parseLesson({ ...good, features: { ...features, [field]: value } }), undefined, field);
    for (const [field, value] of Object.entries({
      words: new Array<number>(8_193).fill(3),
      shape: [1e308],
      repository: {},
      testsNear: 5,
      language: 'x'.repeat(201),
    }))
      assert.equal(parseLesson({ ...good, features: { ...features, [field]: value } }), undefined, field);
    assert.equal(parseLesson({ ...good, features: { ...features, words: [0.5] } }), undefined);
  });
});
