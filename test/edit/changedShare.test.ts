import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { changedShare } from '../../src/edit/changedShare.ts';

suite('changed share', () => {
  test('is the part of the lines that are gone or changed; blank lines and trailing blanks do not count', () => {
    const before = 'a\nb\n\nc\nd';

    assert.equal(changedShare(before, before), 0);
    assert.equal(changedShare(before, 'a \nb\nc\nd\n'), 0);
    assert.equal(changedShare(before, 'a\nB\n\nc\nd'), 0.25);
    assert.equal(changedShare(before, 'a\nb\nnew\n\nc\nd'), 0);
    assert.equal(changedShare(before, ''), 1);
  });

  test('of nothing, all is changed by anything', () => {
    assert.deepEqual([changedShare('', ''), changedShare('\n', 'x')], [0, 1]);
  });
});
