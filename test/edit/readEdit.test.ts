/** What answers of models look like, and what is taken from each. */
import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { type Asked, readEdit, readGrowing } from '../../src/edit/readEdit.ts';

const CODE = `export function total(prices: number[]) {
  let sum = 0;
  for (const price of prices) sum += price;
  return sum;
}`;
const NEW = CODE.replace('sum += price', 'sum += Math.max(0, price)');
const asked: Asked = { before: CODE.split('\n'), language: 'typescript', fileName: '/shop/src/cart.ts' };

const read = (answer: string, of: Partial<Asked> = {}, complete = true) =>
  readEdit(answer, { ...asked, ...of }, complete);
const code = (text: string) => ({ kind: 'code', lines: text.split('\n') });
const refused = (why: string) => ({ kind: 'refused', why });
const fence = (text: string, info = 'ts', mark = '```') => `${mark}${info}\n${text}\n${mark}\n`;

suite('reading an answer', () => {
  test('the block is taken, whatever its fence and whatever is said around it', () => {
    const answers = [
      fence(NEW),
      fence(NEW, ''),
      fence(NEW, 'typescript', '~~~'),
      fence(NEW, 'ts', '`````'),
      `Sure! I \`clamp\` it:\n\n${fence(NEW)}\nNegative prices now count as 0.`,
      fence(NEW).replaceAll('\n', '\r\n'),
      fence(`\n\n${NEW}\n\n`),
      `1. Replace it:\n\n   ${fence(NEW).trimEnd().replaceAll('\n', '\n   ')}\n`,
    ];

    for (const answer of answers) assert.deepEqual(read(answer), code(NEW), answer);
  });

  test('code without a fence is taken, words without one are an answer', () => {
    assert.deepEqual(read(NEW), code(NEW));
    assert.deepEqual(read('The function adds up all prices. I would not change it.'), { kind: 'no-code' });
    assert.deepEqual(read(''), { kind: 'no-code' });
    assert.deepEqual(read('```ts\n```\n'), { kind: 'no-code' });
  });

  test('a block of commands or of output is not the code', () => {
    assert.deepEqual(read(`Run this:\n${fence('npm install decimal.js', 'sh')}`), { kind: 'no-code' });
    assert.deepEqual(read(`${fence('npm install decimal.js', 'sh')}${fence(NEW)}`), code(NEW));
    assert.deepEqual(read(fence('-  return sum;\n+  return 0;', 'diff')), { kind: 'no-code' });
    assert.deepEqual(
      read(fence('echo 2', 'sh'), { before: ['echo 1'], language: 'shellscript' }),
      code('echo 2'),
    );
  });

  test('of several blocks the one that is like what was sent is taken', () => {
    const example = fence("import { total } from './cart';\n\nconsole.log(total([1, 2]));");

    assert.deepEqual(read(`${fence(NEW)}\nUse it so:\n${example}`), code(NEW));
    assert.deepEqual(read(`${example}\n${fence(NEW)}`), code(NEW));
    assert.deepEqual(
      read(`Either\n${fence(NEW)}\nor\n${fence(NEW.replace('0', '1'))}`),
      refused('several-blocks'),
    );
    assert.deepEqual(read(`${fence('a()')}${fence('b()')}`), refused('several-blocks'));
  });

  test('a fence inside of the code ends it not', () => {
    const before = ['# Title', '', 'Old words.', '', '## Use', '', 'See below.'];
    const text = '# Title\n\nNew words.\n\n## Use\n\n```ts\ntotal([1]);\n```\n\nSee above.';
    const md: Partial<Asked> = { before, language: 'markdown', fileName: 'README.md' };

    assert.deepEqual(read(fence(text, 'markdown', '````'), md), code(text));
    assert.deepEqual(read(fence(text, 'markdown'), md), code(text));
    assert.deepEqual(read(`~~~md\n${text}\n~~~`, md), code(text));
  });

  test('a block that names another file is refused, one that names this file loses only the name', () => {
    assert.deepEqual(read(fence(NEW, 'ts:src/other.ts')), refused('wrong-file'));
    assert.deepEqual(read(fence(NEW, 'ts title="src/other.ts"')), refused('wrong-file'));
    assert.deepEqual(read(fence(`// src/other.ts\n${NEW}`)), refused('wrong-file'));
    assert.deepEqual(read(fence(`// src/cart.ts\n${NEW}`)), code(NEW));
    assert.deepEqual(read(fence(NEW, '1:5:src/cart.ts')), code(NEW));
    assert.deepEqual(read(fence(`// cart.test.ts\n${NEW}`, 'ts') + fence(NEW)), code(NEW));
    const named = `// other.ts\n${CODE}`;
    assert.deepEqual(
      read(fence(named.replace('sum;', '-sum;')), { before: named.split('\n') }),
      code(named.replace('sum;', '-sum;')),
    );
  });

  test('what was cut before its fence was closed is half; an answer that ended without one is whole', () => {
    const open = `\`\`\`ts\n${NEW}\n`;

    assert.deepEqual(read(open, {}, false), refused('half'));
    assert.deepEqual(read(open, {}, true), code(NEW));
    assert.deepEqual(read(`${fence(NEW)}\nThis is bec`, {}, false), code(NEW));
    assert.deepEqual(read(NEW, {}, false), refused('half'));
    assert.deepEqual(read('I would first', {}, false), { kind: 'no-code' });
  });

  test('while it grows, whole lines are given, in the form of the code, and nothing behind an elision', () => {
    const before = CODE.split('\n').map((line) => `    ${line}`);
    const answer = `So:\n${fence(NEW)}`;
    const at = (text: string) => readGrowing(answer.slice(0, answer.indexOf(text)), { ...asked, before });

    assert.equal(at('```'), undefined);
    assert.deepEqual(at('let sum'), ['    export function total(prices: number[]) {']);
    assert.deepEqual(at('+= Math')?.length, 2);
    assert.deepEqual(readGrowing('```ts\na();\n// ... rest\nb();\n', asked), ['a();']);
  });
});
