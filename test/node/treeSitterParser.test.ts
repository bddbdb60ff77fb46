import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'mocha';
import { GRAMMARS, grammarOf } from '../../src/node/grammars.ts';
import { TreeSitterParser } from '../../src/node/treeSitterParser.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { repoRoot } from '../support/paths.ts';

const FOLDER = join(repoRoot, 'node_modules/@vscode/tree-sitter-wasm/wasm');
const never = new AbortController().signal;
/** Right, and with a bracket or a quote too few. */
const SAMPLES: readonly (readonly [string, string, string])[] = [
  ['typescript', 'const a = <T,>(b: T): T => b;', 'const a = <T,>(b: T: T => b;'],
  ['typescriptreact', 'const a = <b c={1}>d</b>;', 'const a = <b c={1}>d;'],
  ['javascript', 'for (const a of [1]) { b(a); }', 'for (const a of [1]) { b(a);'],
  ['python', 'def f(x):\n    return x\n', 'def f(x:\n    return x\n'],
  ['java', 'class A { int b() { return 1; } }', 'class A { int b() { return 1; }'],
  ['csharp', 'class A { int B() => 1; }', 'class A { int B( => 1; }'],
  ['go', 'package a\n\nfunc b() int { return 1 }\n', 'package a\n\nfunc b() int { return 1 \n'],
  ['rust', 'fn a() -> u8 { 1 }', 'fn a() -> u8 { 1 '],
  ['php', 'function a() { return 1; }', 'function a() { return 1; '],
  ['css', 'a { color: red; }', 'a { color: red; } }}'],
];

suite('tree-sitter', () => {
  const parser = new TreeSitterParser({ folder: FOLDER, clock: new FakeClock() });

  test('each language that is shipped tells right code from broken', async () => {
    for (const [language, right, broken] of SAMPLES) {
      assert.deepEqual(await parser.parse(right, language, never), { kind: 'parsed', errors: 0 }, language);
      const found = await parser.parse(broken, language, never);
      assert.ok(found.kind === 'parsed' && found.errors > 0, language);
    }
    assert.deepEqual(
      new Set(SAMPLES.map(([language]) => grammarOf(language))),
      new Set(Object.keys(GRAMMARS)),
    );
  });

  test('a language without a grammar is said to be one, not to be right', async () => {
    for (const language of ['cobol', '', 'plaintext'])
      assert.deepEqual(await parser.parse('}{', language, never), { kind: 'no-grammar' });
  });

  test('the first error is told by its line, also of PHP without its opening tag', async () => {
    const script = await parser.parse('const a = 1;\nconst b = (;\nconst c = (;\n', 'js', never);
    const php = await parser.parse('$a = 1;\n$b = (;\n', 'php', never);

    assert.ok(script.kind === 'parsed' && script.line === 1 && script.errors >= 2);
    assert.ok(php.kind === 'parsed' && php.line === 1);
  });

  test('code that takes too long is given up, and the next one starts anew', async () => {
    class HurryingClock extends FakeClock {
      override monotonic(): number {
        this.advance(600);
        return super.monotonic();
      }
    }
    const hurried = new TreeSitterParser({ folder: FOLDER, clock: new HurryingClock() });
    const long = 'a(b, [c, d]);\n'.repeat(2_000);

    assert.deepEqual(await hurried.parse(long, 'js', never), { kind: 'gave-up' });
    assert.deepEqual(await parser.parse('a();', 'js', never), { kind: 'parsed', errors: 0 });
  });

  test('a grammar that is not there is an error, each time', async () => {
    const lost = new TreeSitterParser({ folder: join(repoRoot, 'src'), clock: new FakeClock() });

    await assert.rejects(lost.parse('a', 'go', never));
    await assert.rejects(lost.parse('a', 'go', never));
  });

  test('every grammar that is named is in the package', () => {
    const missing = Object.keys(GRAMMARS).filter(
      (name) => !existsSync(join(FOLDER, `tree-sitter-${name}.wasm`)),
    );

    assert.deepEqual(missing, []);
  });
});
