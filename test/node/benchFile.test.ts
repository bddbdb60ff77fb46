import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { readBenchFile } from '../../src/node/benchFile.ts';

const GOOD = `{
  // a comment is no fault
  "name": "ours",
  "tasks": [
    { "id": "one", "task": "explain", "language": "go", "code": "x := 1", "expect": { "contains": ["x", ["one", "1"]] } },
    { "id": "two", "task": "edit", "level": "edge", "edit": true, "code": "a", "instruction": "b", "expect": { "exact": "b", "absent": ["a"] } },
  ]
}`;

function faults(text: string): string[] {
  const file = readBenchFile(text);
  return 'faults' in file ? file.faults.map(({ line, kind, what }) => `${line} ${kind} ${what}`) : [];
}

suite('benchmark files', () => {
  test('a good file is a suite', () => {
    const file = readBenchFile(GOOD);

    assert.deepEqual('suite' in file && file.suite.tasks, [
      {
        ...{ id: 'one', level: 'medium', task: 'explain', instruction: '', language: 'go', code: 'x := 1' },
        ...{ edit: false, expect: { contains: ['x', ['one', '1']] } },
      },
      {
        ...{ id: 'two', level: 'edge', task: 'edit', instruction: 'b', language: '', code: 'a' },
        ...{ edit: true, expect: { exact: 'b', absent: ['a'] } },
      },
    ]);
  });

  test('what is no JSON is told with its line', () => {
    assert.match(faults('{\n  "name": "a",\n  "tasks": [ { ]\n}')[0] ?? '', /^3 syntax /);
    assert.match(faults('')[0] ?? '', /^1 /);
    assert.deepEqual(faults('[]'), ['1 wrong suite']);
  });

  test('every field that is missing, wrong, unknown, twice or empty is told with its line', () => {
    const text = `{
  "name": "",
  "tasks": [
    { "id": "a", "task": "cook",
      "code": "x", "expect": { "contains": [7] } },
    { "id": "a", "task": "explain", "code": "x", "expect": {} },
    { "task": "explain", "code": "x", "expect": { "exact": "y" } },
    { "id": "b", "task": "fix", "code": "x",
      "speed": 1 },
    { "id": "c", "task": "fix", "expect": { "exact": "y" } },
    7
  ]
}`;

    assert.deepEqual(
      faults(text),
      [
        '2 wrong name',
        '5 wrong contains',
        '4 wrong task',
        '6 empty expect',
        '7 missing id',
        '9 unknown speed',
        '8 missing expect',
        '10 missing instruction',
        '11 wrong task',
      ].toSorted((a, b) => faults(text).indexOf(a) - faults(text).indexOf(b)),
    );
    assert.deepEqual(faults('{ "name": "a", "tasks": [] }'), ['1 empty tasks']);
    assert.deepEqual(faults('{ "name": "a" }'), ['1 missing tasks']);
  });

  test('an id that is there twice is told where it comes again', () => {
    const task = '{ "id": "a", "task": "explain", "code": "x", "expect": { "exact": "y" } }';

    assert.deepEqual(faults(`{ "name": "n", "tasks": [\n${task},\n${task} ] }`), ['3 twice a']);
  });

  test('lists without a word are told: no answer could fail', () => {
    for (const list of ['contains', 'absent']) {
      const text = `{"name":"a","tasks":[\n{"id":"x","task":"explain","code":"y","expect":{"${list}":[]}}]}`;
      assert.deepEqual(faults(text), [`2 empty ${list}`]);
    }
  });

  test('more tasks than anybody waits for, and brackets without end, are told with their line', () => {
    const task = (id: number) => `{"id":"${id}","task":"explain","code":"y","expect":{"exact":"z"}}`;
    const tasks = Array.from({ length: 501 }, (_, index) => task(index)).join(',\n');

    assert.deepEqual(faults(`{"name":"a","tasks":[${tasks}]}`), ['501 too-many 500']);
    assert.deepEqual(faults(`{"name":"a",\n"tasks":${'['.repeat(20_000)}`), ['2 wrong [']);
  });
});
