/** Holds the layout and the import rule of ARCHITECTURE.md. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { suite, test } from 'mocha';

const ROOT = join(import.meta.dirname, '..');
const SRC = join(ROOT, 'src');
/** They stand beside the folders, join the edges, build and own everything. */
const JOINERS = [
  ...['extension.ts', 'buildCore.ts', 'buildDoors.ts', 'buildReuse.ts', 'openChecking.ts'],
  ...['openLearning.ts', 'openPlatforms.ts'],
];
const PARTS = ['quota', 'routing', 'cache', 'prompt', 'metrics', 'edit'];

/** What each folder may import from: rows above it in the picture, never a neighbour. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  ...Object.fromEntries(PARTS.map((part) => [part, ['base']])),
  flow: ['base', ...PARTS],
  node: ['base', ...PARTS, 'flow'],
  host: ['base', ...PARTS, 'flow'],
  panel: ['base', ...PARTS, 'flow'],
  ...Object.fromEntries(
    JOINERS.map((file) => [file, [...JOINERS, 'base', ...PARTS, 'flow', 'node', 'host']]),
  ),
};
const CORE = new Set(['base', ...PARTS, 'flow']);
/** Packages that the core may use: pure algorithms, no platform behind them. */
const CORE_PACKAGES = new Set(['lru-cache', 'diff/lib/diff/array.js', 'diff/lib/diff/word.js']);
const PACKAGES: Readonly<Record<string, RegExp>> = {
  node: /^(node:|@anthropic-ai\/sdk|openai|ioredis|gpt-tokenizer|jsonc-parser|valibot|undici|@vscode\/tree-sitter-wasm)/,
  host: /^vscode$/,
  panel: /^markdown-it/,
  ...Object.fromEntries(JOINERS.map((file) => [file, /^vscode$/])),
};
/** Each line of source that only one place may hold. */
const FORBIDDEN: readonly { readonly what: RegExp; readonly where: (file: string) => boolean }[] = [
  { what: /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b/, where: (file) => file !== 'base/clock.ts' },
  { what: /\bset(Timeout|Interval|Immediate)\(/, where: (file) => file !== 'base/clock.ts' },
  { what: /\bMath\.random\b/, where: (file) => file !== 'base/random.ts' },
  { what: /\bconsole\./, where: () => true },
  { what: /catch\s*(\([^)]*\))?\s*\{\s*\}/, where: () => true },
  { what: /\.catch\(\(\)\s*=>\s*(\{\s*\}|undefined)\)/, where: () => true },
  { what: /\binnerHTML\b|\binsertAdjacentHTML\b/, where: () => true },
  { what: /getConfiguration\(/, where: (file) => file !== 'host/settingsWatcher.ts' },
  { what: /export default|\bnamespace\s+\w+\s*\{|\benum\s+\w+\s*\{/, where: () => true },
  { what: /\bas any\b|:\s*any\b|<any>/, where: () => true },
];
/** Chunks that nothing imports: the start itself, and what runs in a thread of its own. */
const STARTED = ['src/extension.ts', 'src/node/tokenizerWorker.ts'];
const MOST_LINES = 300;
/** Tables of facts are looked up, not read at once. */
const DATA_TABLE = /^routing\/catalogue(Anthropic|Openai|Hosts)\.ts$/;
const TOP_LEVEL = new Set([
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'esbuild.config.mjs',
  'media',
  'package.json',
  // npm and VS Code look for these two beside package.json and nowhere else.
  'package-lock.json',
  'package.nls.json',
  'src',
  'test',
  'tsconfig.json',
]);
const BUILT = new Set(['node_modules', 'dist']);
/** Copied at a build from `media/l10n`, for the same reason. */
const BUILT_TEXTS = /^package\.nls\.[\w-]+\.json$/;

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const textOf = (file: string) => readFileSync(join(SRC, file), 'utf8');
const folderOf = (file: string) => file.split('/')[0] ?? '';

function importsOf(file: string): string[] {
  const statement =
    /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+'([^']+)'|import\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'/g;
  return [...textOf(file).matchAll(statement)].map(
    ([, from, dynamic, bare]) => from ?? dynamic ?? bare ?? '',
  );
}

suite('architecture', () => {
  test('the top level holds what it should and nothing else', () => {
    const found = readdirSync(ROOT).filter(
      (name) =>
        !name.startsWith('.') && !name.endsWith('.vsix') && !BUILT.has(name) && !BUILT_TEXTS.test(name),
    );

    const strays = found.filter((name) => !TOP_LEVEL.has(name));
    const missing = [...TOP_LEVEL].filter((name) => !found.includes(name));

    assert.deepEqual({ strays, missing }, { strays: [], missing: [] });
  });

  test('folders below src are the known ones, one level deep', () => {
    const strays = files.filter((file) => !(folderOf(file) in MAY_IMPORT) || file.split('/').length > 2);

    assert.deepEqual(strays, []);
  });

  test('imports point up the picture, neighbours never import each other', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((path) => path.startsWith('.'))
        .map((path) => folderOf(relative(SRC, join(SRC, file, '..', path))))
        .filter((to) => to !== folderOf(file) && !MAY_IMPORT[folderOf(file)]?.includes(to))
        .map((to) => `${file} → ${to}`),
    );

    assert.deepEqual(wrong, []);
  });

  test('relative imports name the file with its ending', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((path) => path.startsWith('.') && !path.endsWith('.ts'))
        .map((path) => `${file}: ${path}`),
    );

    assert.deepEqual(wrong, []);
  });

  test('what is loaded later is a chunk of the build, and no chunk is built that nothing loads', () => {
    const later = files.flatMap((file) => {
      if (folderOf(file) === 'panel') return [];
      const paths = [...withoutComments(textOf(file)).matchAll(/\bimport\(\s*'(\.[^']+)'\s*\)/g)];
      return paths.map(([, path = '']) => relative(ROOT, join(SRC, file, '..', path)));
    });
    const config = readFileSync(join(ROOT, 'esbuild.config.mjs'), 'utf8');
    const built = [...config.matchAll(/: '(src\/(?!panel\/)[^']+)'/g)].map(([, path = '']) => path);

    assert.deepEqual([...new Set(later), ...STARTED].sort(), built.sort());
  });

  test('the core imports no vscode, no node:, no SDK; each edge only what is its own', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((path) => !path.startsWith('.'))
        .filter((path) => !allowedPackage(folderOf(file), path))
        .map((path) => `${file}: ${path}`),
    );

    assert.deepEqual(wrong, []);
  });

  test('time, chance, the console, settings and the like are read in one place only', () => {
    const wrong = files.flatMap((file) => {
      const code = withoutComments(textOf(file));
      return FORBIDDEN.filter(({ what, where }) => where(file) && what.test(code)).map(
        ({ what }) => `${file}: ${what}`,
      );
    });

    assert.deepEqual(wrong, []);
  });

  test('no file is longer than it can be read at once, data tables apart', () => {
    const long = files.filter(
      (file) => !DATA_TABLE.test(file) && textOf(file).split('\n').length > MOST_LINES,
    );

    assert.deepEqual(long, []);
  });

  test('every module begins with a sentence that says what it is', () => {
    const silent = files.filter((file) => !/^\/\*\*\s/.test(textOf(file)));

    assert.deepEqual(silent, []);
  });
});

function allowedPackage(folder: string, path: string): boolean {
  if (CORE.has(folder)) return CORE_PACKAGES.has(path);
  return CORE_PACKAGES.has(path) || (PACKAGES[folder]?.test(path) ?? false);
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
}
