/** Reads a person's own `*.sluice-bench.json`; whatever is wrong with it is told with its line. */
import { createScanner, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { TASK_TYPES } from '../base/task.ts';
import {
  BENCH_LEVELS,
  type BenchExpectation,
  type BenchFault,
  type BenchFile,
  type BenchSuite,
  type BenchTask,
} from '../flow/benchSuite.ts';

const MOST_TASKS = 500;
/** A suite has five levels; the parser would end with the stack of calls. */
const DEEPEST = 50;
const SUITE_FIELDS = ['name', 'tasks'];
const TASK_FIELDS = ['id', 'level', 'task', 'instruction', 'language', 'code', 'edit', 'expect'];
const EXPECT_FIELDS = ['contains', 'absent', 'exact'];

/** Comments and trailing commas are allowed. At most the first 20 faults are told. */
export function readBenchFile(text: string): BenchFile {
  const errors: ParseError[] = [];
  const reader = new Reader(text);
  const tooDeep = firstTooDeep(text);
  if (tooDeep !== undefined) {
    reader.fault(tooDeep, 'wrong', text[tooDeep] ?? '');
    return { faults: reader.faults };
  }
  const root = parseTree(text, errors, { allowTrailingComma: true });
  for (const { error, offset } of errors) reader.fault(offset, 'syntax', printParseErrorCode(error));
  if (errors.length > 0 || root === undefined) {
    if (errors.length === 0) reader.fault(0, 'empty', 'tasks');
    return { faults: reader.faults };
  }
  const suite = reader.suite(root);
  return reader.faults.length > 0 || suite === undefined ? { faults: reader.faults } : { suite };
}

/** Offset of the first bracket that is nested deeper than any suite can be. */
function firstTooDeep(text: string): number | undefined {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (;;) {
    scanner.scan();
    const bracket = text[scanner.getTokenOffset()] ?? '';
    // Only the end has no length.
    if (scanner.getTokenLength() === 0) return undefined;
    if ('{['.includes(bracket)) depth += 1;
    if ('}]'.includes(bracket)) depth -= 1;
    if (depth > DEEPEST) return scanner.getTokenOffset();
  }
}

const MOST_FAULTS = 20;

class Reader {
  readonly faults: BenchFault[] = [];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  fault(offset: number, kind: BenchFault['kind'], what: string): undefined {
    if (this.faults.length >= MOST_FAULTS) return;
    this.faults.push({ line: this.#text.slice(0, offset).split('\n').length, kind, what });
  }

  suite(root: Node): BenchSuite | undefined {
    const fields = this.#fields(root, SUITE_FIELDS, 'suite');
    if (fields === undefined) return undefined;
    const name = this.#string(root, fields, 'name', true);
    const list = fields.get('tasks');
    if (list === undefined) return this.fault(root.offset, 'missing', 'tasks');
    if (list.type !== 'array') return this.fault(list.offset, 'wrong', 'tasks');
    const items = list.children ?? [];
    if (items.length === 0) return this.fault(list.offset, 'empty', 'tasks');
    if (items.length > MOST_TASKS) {
      return this.fault(items[MOST_TASKS]?.offset ?? 0, 'too-many', String(MOST_TASKS));
    }
    const seen = new Set<string>();
    const tasks = items.flatMap((item) => {
      const task = this.#task(item);
      if (task === undefined) return [];
      if (seen.has(task.id)) this.fault(item.offset, 'twice', task.id);
      seen.add(task.id);
      return [task];
    });
    return { name: name ?? '', tasks };
  }

  #task(node: Node): BenchTask | undefined {
    const fields = this.#fields(node, TASK_FIELDS, 'task');
    if (fields === undefined) return undefined;
    const id = this.#string(node, fields, 'id', true) ?? '';
    const kind = this.#oneOf(node, fields, 'task', TASK_TYPES);
    const level = fields.has('level') ? this.#oneOf(node, fields, 'level', BENCH_LEVELS) : 'medium';
    const instruction = this.#string(node, fields, 'instruction', false) ?? '';
    const language = this.#string(node, fields, 'language', false) ?? '';
    const code = this.#string(node, fields, 'code', false) ?? '';
    const edit = fields.get('edit');
    if (edit !== undefined && edit.type !== 'boolean') this.fault(edit.offset, 'wrong', 'edit');
    if (instruction === '' && code === '') this.fault(node.offset, 'missing', 'instruction');
    const expect = this.#expectation(node, fields.get('expect'));
    if (kind === undefined || level === undefined || expect === undefined) return undefined;
    return { id, level, task: kind, instruction, language, code, edit: edit?.value === true, expect };
  }

  /** Without anything expected no answer could fail, unless it is an edit, which must apply. */
  #expectation(parent: Node, node: Node | undefined): BenchExpectation | undefined {
    if (node === undefined) return this.fault(parent.offset, 'missing', 'expect');
    const fields = this.#fields(node, EXPECT_FIELDS, 'expect');
    if (fields === undefined) return undefined;
    if (fields.size === 0) return this.fault(node.offset, 'empty', 'expect');
    const contains = this.#words(fields.get('contains'), 'contains', true);
    const absent = this.#words(fields.get('absent'), 'absent', false);
    const exact = this.#string(node, fields, 'exact', false);
    return {
      ...(contains === undefined ? {} : { contains }),
      ...(absent === undefined ? {} : { absent: absent.flat() }),
      ...(exact === undefined ? {} : { exact }),
    };
  }

  #words(node: Node | undefined, what: string, choices: boolean): (string | string[])[] | undefined {
    if (node === undefined) return undefined;
    const { children = [] } = node;
    if (node.type !== 'array') return this.fault(node.offset, 'wrong', what);
    if (children.length === 0) return this.fault(node.offset, 'empty', what);
    return children.flatMap((item): (string | string[])[] => {
      if (isText(item)) return [String(item.value)];
      const all = choices && item.type === 'array' ? (item.children ?? []) : [];
      if (all.length > 0 && all.every(isText)) return [all.map(({ value }) => String(value))];
      this.fault(item.offset, 'wrong', what);
      return [];
    });
  }

  #fields(node: Node, known: readonly string[], what: string): Map<string, Node> | undefined {
    if (node.type !== 'object') return this.fault(node.offset, 'wrong', what);
    const fields = new Map<string, Node>();
    for (const { children: [key, value] = [], offset } of node.children ?? []) {
      const name = String(key?.value);
      if (!known.includes(name)) this.fault(offset, 'unknown', name);
      else if (value !== undefined) fields.set(name, value);
    }
    return fields;
  }

  #string(parent: Node, fields: Map<string, Node>, name: string, needed: boolean): string | undefined {
    const node = fields.get(name);
    if (node === undefined) return needed ? this.fault(parent.offset, 'missing', name) : undefined;
    const usable = node.type === 'string' && (!needed || isText(node));
    return usable ? String(node.value) : this.fault(node.offset, 'wrong', name);
  }

  #oneOf<T extends string>(
    parent: Node,
    fields: Map<string, Node>,
    name: string,
    choices: readonly T[],
  ): T | undefined {
    const node = fields.get(name);
    if (node === undefined) return this.fault(parent.offset, 'missing', name);
    const found = choices.find((choice) => choice === node.value);
    return found ?? this.fault(node.offset, 'wrong', name);
  }
}

function isText(node: Node): boolean {
  return node.type === 'string' && String(node.value).trim() !== '';
}
