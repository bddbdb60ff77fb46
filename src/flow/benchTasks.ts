/**
 * The bundled benchmark, written for Sluice: short tasks of an editor's kind, from simple to hard, and some at the edge.
 * Its checks need no program to run: words that a right answer cannot do without, and code that must come out as it is.
 */
import type { BenchSuite, BenchTask } from './benchSuite.ts';

const explain = { task: 'explain', instruction: '', edit: false } as const;
const ts = { language: 'typescript' } as const;
const py = { language: 'python' } as const;

const SIMPLE: readonly BenchTask[] = [
  {
    ...{ id: 'explain-max', level: 'simple' },
    ...explain,
    ...ts,
    code: 'export function top(values: readonly number[]): number {\n  return values.reduce((a, b) => (b > a ? b : a));\n}\n',
    expect: { contains: [['largest', 'greatest', 'maximum', 'highest', 'biggest']] },
  },
  {
    ...{ id: 'rename-variable', level: 'simple', task: 'edit', edit: true },
    instruction: 'Rename the variable x to total. Change nothing else.',
    ...ts,
    code: 'let x = 0;\nfor (const price of prices) {\n  x += price;\n}\nconsole.log(x);\n',
    expect: {
      exact: 'let total = 0;\nfor (const price of prices) {\n  total += price;\n}\nconsole.log(total);\n',
    },
  },
  {
    ...{ id: 'name-predicate', level: 'simple', task: 'question', edit: false },
    instruction: 'In one word: which HTTP method should only read and never change anything on the server?',
    ...ts,
    code: '',
    expect: { contains: ['get'], absent: ['post is'] },
  },
  {
    ...{ id: 'document-clamp', level: 'simple', task: 'document', instruction: '', edit: true },
    ...ts,
    code: 'export function clamp(value: number, low: number, high: number): number {\n  return Math.min(high, Math.max(low, value));\n}\n',
    expect: { contains: ['/**', '*/', 'Math.min(high, Math.max(low, value))'] },
  },
];

const MEDIUM: readonly BenchTask[] = [
  {
    ...{ id: 'fix-off-by-one', level: 'medium', task: 'fix', edit: true },
    instruction: 'It reads past the end of the array.',
    ...ts,
    code: 'export function sum(values: readonly number[]): number {\n  let total = 0;\n  for (let i = 0; i <= values.length; i++) {\n    total += values[i];\n  }\n  return total;\n}\n',
    expect: { absent: ['i <= values.length;', 'i<=values.length;'], contains: ['return total'] },
  },
  {
    ...{ id: 'fix-mutable-default', level: 'medium', task: 'fix', edit: true },
    instruction: 'Tags of one call turn up in the next one.',
    ...py,
    code: 'def tag(item, tags=[]):\n    tags.append(item.name)\n    return tags\n',
    expect: { contains: ['None', 'append'], absent: ['tags=[]', 'tags = [])'] },
  },
  {
    ...{ id: 'translate-to-python', level: 'medium', task: 'translate', edit: false },
    instruction: 'python',
    ...ts,
    code: 'export function isEven(n: number): boolean {\n  return n % 2 === 0;\n}\n',
    expect: { contains: ['def ', '% 2', 'return'], absent: ['==='] },
  },
  {
    ...{ id: 'simplify-boolean', level: 'medium', task: 'simplify', instruction: '', edit: true },
    ...ts,
    code: 'export function isAdult(age: number): boolean {\n  if (age >= 18) {\n    return true;\n  } else {\n    return false;\n  }\n}\n',
    expect: { contains: ['return age >= 18'], absent: ['else', 'return true'] },
  },
  {
    ...{ id: 'tests-for-slug', level: 'medium', task: 'tests', instruction: '', edit: false },
    ...ts,
    code: "export function slug(title: string): string {\n  return title.trim().toLowerCase().replace(/[^a-z0-9]+/g, '-');\n}\n",
    expect: { contains: [['test(', 'it('], 'slug(', ['assert', 'expect']] },
  },
];

const COMPLEX: readonly BenchTask[] = [
  {
    ...{ id: 'review-injection', level: 'complex', task: 'review', instruction: '', edit: false },
    ...{ language: 'javascript' },
    code: 'app.get("/user", async (req, res) => {\n  const rows = await db.query("SELECT * FROM users WHERE name = \'" + req.query.name + "\'");\n  res.json(rows);\n});\n',
    expect: { contains: [['injection', 'parameterized', 'parameterised', 'prepared statement']] },
  },
  {
    ...{ id: 'explain-race', level: 'complex', task: 'question', edit: false },
    instruction: 'Two requests run this at the same time. What goes wrong, and which kind of fault is it?',
    ...ts,
    code: 'async function withdraw(account: Account, amount: number) {\n  const balance = await account.read();\n  if (balance < amount) throw new Error("too little");\n  await account.write(balance - amount);\n}\n',
    expect: { contains: ['race', ['balance', 'lost update', 'overwrite']] },
  },
  {
    ...{ id: 'fix-closure', level: 'complex', task: 'fix', edit: true },
    instruction: 'Every handler prints the last number. Keep the loop and the call of push.',
    ...py,
    code: 'handlers = []\nfor number in range(3):\n    handlers.append(lambda: print(number))\n',
    expect: {
      contains: [['number=number', 'n=number', 'partial('], 'handlers.append', 'for number in range(3)'],
    },
  },
  {
    ...{ id: 'refactor-early-return', level: 'complex', task: 'refactor', edit: true },
    instruction: 'Use early returns, so that nothing is nested. Behave as before.',
    ...ts,
    code: "export function label(user?: { name?: string; admin: boolean }): string {\n  if (user) {\n    if (user.name) {\n      if (user.admin) {\n        return user.name + ' (admin)';\n      } else {\n        return user.name;\n      }\n    } else {\n      return 'unnamed';\n    }\n  } else {\n    return 'nobody';\n  }\n}\n",
    expect: { contains: ["'nobody'", "'unnamed'", '(admin)'], absent: ['else'] },
  },
];

const EDGE: readonly BenchTask[] = [
  {
    ...{ id: 'commit-message-unicode', level: 'edge', task: 'commit-message', instruction: '', edit: false },
    ...{ language: 'diff' },
    code: '--- a/menu.ts\n+++ b/menu.ts\n@@ -1 +1 @@\n-export const greeting = "Hello";\n+export const greeting = "こんにちは";\n',
    expect: { contains: [['greeting', 'japanese', 'こんにちは']], absent: ['+++'] },
  },
  {
    ...{ id: 'edit-inside-fence', level: 'edge', task: 'edit', edit: true },
    instruction: 'Change the version from 1.2 to 1.3. Change nothing else.',
    ...{ language: 'markdown' },
    code: '# Setup\n\n```sh\nnpm install thing@1.2\n```\n\nThen run it.\n',
    expect: { contains: ['thing@1.3', 'Then run it.'], absent: ['1.2'] },
  },
  {
    ...{ id: 'fix-nothing-wrong', level: 'edge', task: 'question', edit: false },
    instruction: 'Does this throw for an empty list? Answer yes or no first.',
    ...ts,
    code: 'const total = items.reduce((sum, item) => sum + item.price, 0);\n',
    expect: { contains: ['no'], absent: ['yes,', 'yes.', 'yes it'] },
  },
];

export const BUNDLED_SUITE: BenchSuite = {
  name: 'Sluice 1',
  tasks: [...SIMPLE, ...MEDIUM, ...COMPLEX, ...EDGE],
};
