import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import { TASK_TYPES, type TaskType } from '../../src/base/task.ts';
import { simulatedAnswer } from '../../src/node/simulatedAnswer.ts';
import { outlineCode } from '../../src/node/simulatedCode.ts';
import { pieces } from '../../src/node/simulatedExchange.ts';
import { readPrompt } from '../../src/node/simulatedPrompt.ts';
import { buildPrompt } from '../../src/prompt/buildPrompt.ts';
import { SIMULATED_MODELS } from '../../src/routing/simulatedModels.ts';

const CODE = `import { writeFile } from 'node:fs/promises';

export class Store {
  async save(path: string, text: string): Promise<void> {${'  '}
    for (const part of text.split('x')) {
      if (part === '') throw new Error('empty'); // TODO: better words
      await writeFile(path, part);
    }
  }
}`;

function ask(
  task: TaskType,
  changes: { code?: string; language?: string; model?: string; seed?: number } = {},
): string {
  const { code = CODE, language = 'typescript', model = 'sim-balanced', seed = 1 } = changes;
  const problems = ["'text' is never checked."];
  const { system, user } = buildPrompt({
    task,
    instruction: '',
    language,
    code,
    problems,
    fileName: 'store.ts',
  });
  const row = SIMULATED_MODELS.find(({ name }) => name === model);
  assert.ok(row);
  return simulatedAnswer({ system, messages: [{ role: 'user', text: user }] }, row, seed);
}

/** The last fenced block of an answer. */
function blockOf(answer: string): string {
  return [...answer.matchAll(/^(`{3,})\w*\n([\s\S]*?)\n\1$/gm)].at(-1)?.[2] ?? '';
}

suite('simulated answer', () => {
  test('it begins by saying what it is, whatever it is asked', () => {
    for (const task of TASK_TYPES) {
      for (const code of [CODE, ''])
        assert.match(ask(task, { code }), /^> \*\*Simulated answer\*\* of `sim-balanced`/);
    }
  });

  test('the same seed and prompt give the same answer, another seed other words', () => {
    assert.equal(ask('explain'), ask('explain'));
    const answers = new Set([1, 2, 3, 4, 5, 6].map((seed) => ask('explain', { seed })));
    assert.ok(answers.size > 1);
  });

  test('an explanation names what is in the code', () => {
    const answer = ask('explain', { model: 'sim-powerful' });

    for (const named of [
      'the class `Store`',
      '`save(path, text)`',
      '`node:fs/promises`',
      '`writeFile`',
      '10 lines',
    ]) {
      assert.ok(answer.includes(named), `${named} in\n${answer}`);
    }
    assert.match(answer, /Line 6 has an open TODO/);
    assert.match(answer, /asynchronously/);
    assert.match(answer, /'text' is never checked/);
  });

  test('dearer models go deeper', () => {
    const lengths = SIMULATED_MODELS.map(({ name }) => ask('explain', { model: name }).length);

    assert.deepEqual(
      lengths,
      [...lengths].sort((a, b) => a - b),
    );
    assert.equal(new Set(lengths).size, 3);
  });

  test('an edit gives the whole code back, changed in nothing but comments and blanks', () => {
    for (const task of ['fix', 'refactor', 'document', 'simplify', 'translate'] as const) {
      const edited = blockOf(ask(task));

      const kept = edited.split('\n').filter((line) => !/^\s*(\/\/ Simulated|\/\*\*)/.test(line));
      assert.equal(kept.join('\n'), CODE.replace('{  \n', '{\n'), task);
      assert.notEqual(edited, CODE);
    }
  });

  test('comments are those of the language', () => {
    const python = 'def load(path, tries=3):\n    return open(path)';

    assert.match(
      blockOf(ask('document', { code: python, language: 'python' })),
      /^# `load`.*\n def|^# `load`.*\ndef load/,
    );
    assert.match(blockOf(ask('fix', { code: 'SELECT 1;', language: 'sql' })), /^-- Simulated fix/);
  });

  test('code with fences of its own cannot end the block', () => {
    const code = '/** ```ts\n * example()\n * ```` */\nfunction example() {}';

    const answer = ask('document', { code });

    assert.match(answer, /^`{5}typescript$/m);
    assert.ok(blockOf(answer).includes('* ```` */'));
  });

  test('pieces are small, and their sum is the text', () => {
    const text = ask('explain');

    assert.equal(pieces(text).join(''), text);
    assert.ok(pieces(text).every((piece) => piece.trim().length <= 5));
    assert.equal(pieces(' \n').join(''), ' \n');
  });

  test('whatever the code is, there is an answer, soon', () => {
    const random = seededRandom(5);
    const alphabet = [
      '(',
      ')',
      '{',
      '}',
      '`',
      '\n',
      ' ',
      'def ',
      'function ',
      'class ',
      'x',
      '=>',
      '=',
      ',',
      '/*',
      '"',
      '\t',
    ];
    const noise = (length: number) =>
      Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');

    for (const language of ['typescript', 'python', 'rust', 'ruby', 'sql', '', 'brainfuck']) {
      for (const task of TASK_TYPES) assert.ok(ask(task, { code: noise(2_000), language }).length > 50);
    }
    const started = process.hrtime.bigint();
    ask('explain', { code: `${noise(500_000)}\n${' '.repeat(200_000)}${'('.repeat(200_000)}` });
    assert.ok(process.hrtime.bigint() - started < 1_000_000_000n);
  });
});

suite('what is read out of a prompt', () => {
  test('the task, the code, the problems and the words come back as they were put in', () => {
    const input = { task: 'fix', instruction: 'Make it right.', language: 'go', code: 'a\n```\nb' } as const;
    const { system, user } = buildPrompt({ ...input, problems: ['one', 'two: three'], symbol: 'Run' });

    const read = readPrompt({ system, messages: [{ role: 'user', text: user }] });

    assert.deepEqual(read, {
      task: 'fix',
      language: 'go',
      code: 'a\n```\nb',
      words: 'Make it right.',
      problems: ['one', 'two: three'],
    });
  });

  test('a follow-up is about the code of the question before it', () => {
    const { system, user } = buildPrompt({
      task: 'explain',
      instruction: '',
      language: 'c',
      code: 'int x;',
      problems: [],
    });
    const messages = [
      { role: 'user', text: user },
      { role: 'assistant', text: '```c\nint y;\n```' },
      { role: 'user', text: 'And why?' },
    ];

    const read = readPrompt({ system, messages });

    assert.deepEqual([read.code, read.words], ['int x;', 'And why?']);
  });
});

suite('what is seen in code', () => {
  const cases: readonly [string, string, readonly string[], readonly string[]][] = [
    ['typescript', 'const add = async (a: number, b = 2): Promise<number> => a;', ['function add a b'], []],
    ['javascript', "const x = require('fs');\nfunction* gen(n) {}", ['function gen n'], ['fs']],
    [
      'python',
      'from os.path import join\nclass A:\n    async def go(self, x: int = 3):',
      ['class A', 'method go x'],
      ['os.path'],
    ],
    ['rust', 'use std::io;\npub fn run(args: Vec<String>) -> i32 {', ['function run args'], ['std::io']],
    [
      'java',
      'import java.util.List;\npublic class A {\n  public int size(int from) {',
      ['class A', 'method size from'],
      ['java.util.List'],
    ],
    ['cpp', '#include <vector>\nstruct P {};', ['class P'], ['vector']],
    ['ruby', "require 'json'\ndef parse(text)", ['function parse text'], ['json']],
    ['shellscript', 'deploy() {', ['function deploy'], []],
  ];
  for (const [language, code, symbols, imports] of cases) {
    test(`${language}: ${symbols.join(', ')}`, () => {
      const outline = outlineCode(code, language);

      const found = outline.symbols.map(({ kind, name, parameters }) =>
        [kind, name, ...parameters].join(' '),
      );
      assert.deepEqual(found, symbols);
      assert.deepEqual(outline.imports, imports);
    });
  }
});
