import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { readCommitMessage } from '../../src/prompt/readCommitMessage.ts';
import { readFindings } from '../../src/prompt/readFindings.ts';
import { readNames } from '../../src/prompt/readNames.ts';
import { testFileName } from '../../src/prompt/testFileName.ts';

suite('a review as findings', () => {
  test('bullets that name their lines become findings, in their order; the rest stays', () => {
    const answer = [
      'One thing is wrong.',
      '',
      '- Line 3: divides by zero.',
      '- Lines 5-7: the same loop twice.',
      '',
      'Otherwise fine.',
    ].join('\n');

    const { findings, rest } = readFindings(answer, 10);

    assert.deepEqual(findings, [
      { firstLine: 3, lastLine: 3, text: 'divides by zero.' },
      { firstLine: 5, lastLine: 7, text: 'the same loop twice.' },
    ]);
    assert.equal(rest, 'One thing is wrong.\n\nOtherwise fine.');
  });

  for (const bullet of [
    '* **Line 4**: x',
    '1. **Lines 4–4:** x',
    '2) Line 4 - x',
    '- `Line 4:` x',
    '+ L4: x',
    '- lines 4 to 4 — x',
  ]) {
    test(`understands ${bullet}`, () => {
      const { findings } = readFindings(bullet, 4);

      assert.deepEqual(findings, [{ firstLine: 4, lastLine: 4, text: 'x' }]);
    });
  }

  test('a finding keeps its indented paragraphs and code', () => {
    const { findings, rest } = readFindings('- Line 1: wrong\n\n  ```ts\n  let x;\n  ```\nEnd.', 2);

    assert.equal(findings[0]?.text, 'wrong\n\n```ts\nlet x;\n```');
    assert.equal(rest, 'End.');
  });

  test('lines that were never sent are no finding, and a range is cut at the end', () => {
    const { findings, rest } = readFindings('- Line 9: no\n- Lines 2-900: yes\n- Line 0: no', 3);

    assert.deepEqual(findings, [{ firstLine: 2, lastLine: 3, text: 'yes' }]);
    assert.match(rest, /Line 9: no/);
  });

  test('a bullet about something else is no finding', () => {
    assert.deepEqual(readFindings('- Lined paper\n- Line up the stars', 3).findings, []);
  });
});

suite('names', () => {
  test('the first identifier of each line, without the old name and repetitions', () => {
    const answer =
      '> `simulated`\n1. `total` → `sumOfPrices`: says what it sums\n2. **`sum`** short\n- `sum` again\n- `not a name`';

    assert.deepEqual(readNames(answer, 'total'), [
      { name: 'sumOfPrices', reason: 'says what it sums' },
      { name: 'sum', reason: 'short' },
    ]);
  });
});

suite('the name of a file of tests', () => {
  for (const [file, tests] of [
    ['cart.ts', 'cart.test.ts'],
    ['a.b.tsx', 'a.b.test.tsx'],
    ['stock.py', 'test_stock.py'],
    ['main.go', 'main_test.go'],
    ['Cart.java', 'CartTest.java'],
    ['Makefile', 'Makefile.test'],
    ['.profile', '.profile.test'],
  ] as const) {
    test(`${file} → ${tests}`, () => assert.equal(testFileName(file), tests));
  }
});

suite('commit message', () => {
  test('is what the first block holds, else the whole answer without remarks', () => {
    assert.equal(readCommitMessage('Here:\n```\nfix: a  \n\nb\n```\nBye'), 'fix: a\n\nb');
    assert.equal(readCommitMessage('> simulated\n\nfix: a\r\n\r\nb\r\n'), 'fix: a\n\nb');
    assert.equal(readCommitMessage('```\n\n```'), '');
  });
});
