/** Lines that stand for others: none is ever written into a file, and none that is meant is taken for one. */
import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { isElision } from '../../src/edit/elision.ts';
import { readEdit } from '../../src/edit/readEdit.ts';

const CODE = `class Cart {
  add(item: Item) {
    this.items.push(item);
  }

  remove(item: Item) {
    this.items = this.items.filter((one) => one !== item);
  }

  total() {
    return sum(this.items);
  }
}`;

const read = (answer: string, before = CODE, language = 'typescript') =>
  readEdit(`\`\`\`\n${answer}\n\`\`\`\n`, { before: before.split('\n'), language }, true);

suite('elisions', () => {
  test('what models write for code that they leave out is known', () => {
    const lines = [
      '// ...existing code...',
      '  // ... existing code ...',
      '  // …',
      '# rest unchanged',
      '# ... (rest of the function remains the same)',
      '/* ... */',
      '{/* ... existing code ... */}',
      '<!-- rest of the file unchanged -->',
      '-- ... other columns',
      '    ...',
      '…',
      '// Rest of the code remains the same',
      '// remaining methods unchanged',
      '// (rest of the code)...',
      '... rest of the code ...',
      '// [... existing imports ...]',
      '// The rest of the class is unchanged.',
      '"""... existing docstring ..."""',
    ];

    assert.deepEqual(
      lines.filter((line) => !isElision(line)),
      [],
    );
  });

  test('comments and code that say something are none', () => {
    const lines = [
      '// Returns the existing code, or a new one.',
      '// the same as before, but sorted',
      '// Keep the other branches in step with this one',
      'const rest = [...items];',
      '  ...defaults,',
      'return { ...state, items };',
      '// Waits for the rest of the queue to be empty',
      '# unchanged files are skipped here because of the cache',
      '// wait for it...',
      "console.log('...');",
      '// e.g. 1, 2, ...',
      'function f(...args) {',
      '// TODO: handle the remaining cases',
      '',
    ];

    assert.deepEqual(
      lines.filter((line) => isElision(line)),
      [],
    );
    assert.equal(isElision('    ...', true), false);
  });

  test('one between lines that are found once is filled with what was there', () => {
    const answer = CODE.replace(/ {2}remove[\s\S]*?\n {2}}\n/, '  // ... existing code ...\n').replace(
      'sum(this.items)',
      'Math.max(0, sum(this.items))',
    );

    assert.deepEqual(read(answer), {
      kind: 'code',
      lines: CODE.replace('sum(this.items)', 'Math.max(0, sum(this.items))').split('\n'),
    });
  });

  test('at the start and at the end, too', () => {
    const start = '// ... existing code ...\n\n  total() {\n    return 0;\n  }\n}';
    const end =
      'export class Cart {\n  add(item: Item) {\n    this.items.push(item);\n  }\n\n  // rest unchanged';

    assert.deepEqual(read(start).kind, 'code');
    assert.equal(
      JSON.stringify(read(start)),
      JSON.stringify({ kind: 'code', lines: CODE.replace('sum(this.items)', '0').split('\n') }),
    );
    assert.equal(
      JSON.stringify(read(end)),
      JSON.stringify({ kind: 'code', lines: CODE.replace('class', 'export class').split('\n') }),
    );
  });

  test('what cannot be filled with certainty is refused', () => {
    const unknownAbove = 'class Cart {\n  addAll(items: Item[]) {\n    // ... existing code ...\n  }\n}';
    const saidTwice = `class Cart {\n  // ... existing code ...\n${CODE.slice(CODE.indexOf('  remove'), CODE.indexOf('  total'))}  total() {\n    return sum(this.items);\n  }\n  add(item: Item) {\n    this.items.push(item);\n  }\n}`;
    const changedAbove = CODE.slice(0, CODE.indexOf('  remove')).replace('push', 'unshift');
    const twice = 'a();\nb();\na();\nb();';

    assert.deepEqual(read(unknownAbove), { kind: 'refused', why: 'elision' });
    assert.deepEqual(read(`${changedAbove}  // rest unchanged`), { kind: 'refused', why: 'elision' });
    assert.deepEqual(read(saidTwice), { kind: 'refused', why: 'elision' });
    assert.deepEqual(read('x();\na();\n// ...\nb();', twice), { kind: 'refused', why: 'elision' });
  });

  test('a placeholder that the code has itself is code', () => {
    const stub = 'def load():\n    # ...\n    return 1';

    assert.deepEqual(read(stub.replace('1', '2'), stub, 'python'), {
      kind: 'code',
      lines: stub.replace('1', '2').split('\n'),
    });
  });
});
