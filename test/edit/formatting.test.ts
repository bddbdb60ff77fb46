/** The form of the code stays: indentation and its unit, blank lines at the ends, line ends. */
import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { keepFormatting } from '../../src/edit/formatting.ts';
import { lineEndOf, linesOf } from '../../src/edit/lines.ts';

const keep = (before: string, answer: string) =>
  keepFormatting(linesOf(before), linesOf(answer), true).join('\n');

suite('formatting of an answer', () => {
  test('code that was moved to the margin goes back to where it was', () => {
    const before = '    if (a) {\n      b();\n    }';

    assert.equal(keep(before, 'if (a) {\n  c();\n}'), '    if (a) {\n      c();\n    }');
    assert.equal(keep(before, '    if (a) {\n      c();\n    }'), '    if (a) {\n      c();\n    }');
    assert.equal(
      keep(before, '      if (a) {\n        c();\n\n      }'),
      '    if (a) {\n      c();\n\n    }',
    );
    assert.equal(
      keep('\t\tif (a) {\n\t\t\tb();\n\t\t}', 'if (a) {\n\tc();\n}'),
      '\t\tif (a) {\n\t\t\tc();\n\t\t}',
    );
  });

  test('a first line that alone lost its indentation gets it back alone', () => {
    const before = '    one() {\n      return 1;\n    }';

    assert.equal(keep(before, 'one() {\n      return 2;\n    }'), '    one() {\n      return 2;\n    }');
    assert.equal(keep(before, 'one() {\n  return 2;\n}'), '    one() {\n      return 2;\n    }');
  });

  test('tabs stay tabs and spaces spaces, when the whole answer used the other', () => {
    const tabs = 'if a:\n\tb()\n\tif c:\n\t\td()';
    const spaces = 'if a:\n  b()\n  if c:\n    d()';

    assert.equal(keep(tabs, 'if a:\n    b()\n    if c:\n        e()'), tabs.replace('d()', 'e()'));
    assert.equal(keep(tabs, 'if a:\n  b()\n  if c:\n    e()'), tabs.replace('d()', 'e()'));
    assert.equal(keep(spaces, 'if a:\n\tb()\n\tif c:\n\t\te()'), spaces.replace('d()', 'e()'));
    assert.equal(keep(tabs, 'if a:\n\tb()\n        e()'), 'if a:\n\tb()\n        e()');
  });

  test('blank lines at both ends are as many as before', () => {
    assert.equal(keep('\na();\n\n\n', '\n\nb();\n'), '\nb();\n\n\n');
    assert.equal(keep('a();', '\nb();\n\nc();\n'), 'b();\n\nc();');
    assert.equal(keep('', '\nb();\n'), 'b();');
  });

  test('the end of lines is the one that most of them have', () => {
    assert.deepEqual(['a', 'a\nb', 'a\r\nb\r\nc\n', 'a\r\nb\nc\nd'].map(lineEndOf), [
      '\n',
      '\n',
      '\r\n',
      '\n',
    ]);
  });
});
