/**
 * Builds `dist`: the extension as CommonJS chunks (what is imported with `import()` from our own sources becomes a file
 * of its own, loaded on first use), the tokenizer's worker, one browser script for each webview, and the licences of
 * what is in them. Grammars are copied as they are. The manifest's translations are copied beside package.json: VS Code finds them nowhere else.
 * `--watch` rebuilds; `--metafile` writes `.build/meta.json`.
 */
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import process from 'node:process';
import { build, context } from 'esbuild';
import { GRAMMARS } from './src/node/grammars.ts';
import { grammarLicenses } from './test/support/grammarLicenses.ts';
import { licensesText } from './test/support/licenses.ts';

const watch = process.argv.includes('--watch');
const development = watch || process.argv.includes('--development');

const shared = {
  bundle: true,
  minify: !development,
  sourcemap: development,
  metafile: true,
  outdir: 'dist',
  logLevel: 'warning',
  legalComments: 'none',
};

/** `import('./node/x.ts')` from a source of ours: not bundled, but read from `dist/x.cjs` when it is needed. */
const ownChunks = {
  name: 'own-chunks',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path: `./${basename(path, '.ts')}.cjs`, external: true } : undefined,
    );
  },
};

/** Sluice receives no webhooks: what checks them in an SDK is left out; its package ships no licence text. */
const noWebhooks = {
  name: 'no-webhooks',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^standardwebhooks$/ }, ({ path }) => ({ path, namespace: 'left-out' }));
    onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'module.exports = {}' }));
  },
};

/** Its parser makes a `require` of its own out of an `import()`; as CommonJS that would be the one that it is about to make. */
const oneRequire = {
  name: 'one-require',
  setup({ onLoad }) {
    onLoad({ filter: /tree-sitter-wasm[\\/]wasm[\\/]tree-sitter\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source.replaceAll('await import("module")', '{ createRequire: () => nodeRequire }');
      if (contents === source) throw new Error('tree-sitter.js is not what it was');
      return { contents: `const nodeRequire = require;\n${contents}` };
    });
  },
};

/** `vscode` is one module: otherwise each file that imports it would copy all of its names, 4 ms of the activation. */
const oneEditor = {
  name: 'one-editor',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^vscode$/ }, ({ namespace, path }) =>
      namespace === 'editor' ? { path, external: true } : { path, namespace: 'editor' },
    );
    onLoad({ filter: /.*/, namespace: 'editor' }, () => ({ contents: "export * from 'vscode'" }));
  },
};

const host = {
  ...shared,
  // Its main file is in a form (UMD) whose own parts no bundler finds.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  entryPoints: {
    extension: 'src/extension.ts',
    anthropicTransport: 'src/node/anthropicTransport.ts',
    openaiTransport: 'src/node/openaiTransport.ts',
    answerChecking: 'src/flow/answerChecking.ts',
    approveCost: 'src/host/approveCost.ts',
    askAnyway: 'src/host/askAnyway.ts',
    answerSchema: 'src/node/answerSchema.ts',
    answerSession: 'src/host/answerSession.ts',
    cacheCommands: 'src/host/cacheCommands.ts',
    cacheSecret: 'src/node/cacheSecret.ts',
    connectPlatform: 'src/host/connectPlatform.ts',
    commitMessage: 'src/host/commitMessage.ts',
    decisionView: 'src/host/decisionView.ts',
    forgetLearned: 'src/host/forgetLearned.ts',
    inlineChat: 'src/host/inlineChat.ts',
    editTasks: 'src/host/editTasks.ts',
    liveEdits: 'src/host/liveEdits.ts',
    enableVscodeChat: 'src/host/enableVscodeChat.ts',
    exportUsage: 'src/host/exportUsage.ts',
    languageModelChat: 'src/host/languageModelChat.ts',
    lmToolAnswers: 'src/host/lmToolAnswers.ts',
    learning: 'src/flow/learning.ts',
    lookAhead: 'src/flow/lookAhead.ts',
    managePlatforms: 'src/host/managePlatforms.ts',
    dashboardView: 'src/host/dashboardView.ts',
    participantChat: 'src/host/participantChat.ts',
    pausePlatform: 'src/host/pausePlatform.ts',
    planEvent: 'src/host/planEvent.ts',
    proposeNames: 'src/host/proposeNames.ts',
    queuedTasks: 'src/host/queuedTasks.ts',
    lowerLevels: 'src/node/lowerLevels.ts',
    redisCache: 'src/node/redisCache.ts',
    redisLevels: 'src/node/redisLevels.ts',
    redisPassword: 'src/host/redisPassword.ts',
    reviewComments: 'src/host/reviewComments.ts',
    writeBeside: 'src/host/writeBeside.ts',
    vscodeTransport: 'src/host/vscodeTransport.ts',
    background: 'src/flow/background.ts',
    jsonFile: 'src/node/jsonFile.ts',
    claudeCode: 'src/node/claudeCode.ts',
    shownChecks: 'src/host/shownChecks.ts',
    simulatedPlatform: 'src/node/simulatedPlatform.ts',
    sqliteLedger: 'src/node/sqliteLedger.ts',
    benchLessons: 'src/flow/benchLessons.ts',
    benchFile: 'src/node/benchFile.ts',
    runBenchmark: 'src/host/runBenchmark.ts',
    sqliteLessons: 'src/node/sqliteLessons.ts',
    trialRun: 'src/flow/trialRun.ts',
    sqliteTrials: 'src/node/sqliteTrials.ts',
    sqliteOutcomes: 'src/node/sqliteOutcomes.ts',
    machineLevels: 'src/node/machineLevels.ts',
    sqliteQuestions: 'src/node/sqliteQuestions.ts',
    similarAnswers: 'src/flow/similarAnswers.ts',
    usageRows: 'src/node/usageRows.ts',
    treeSitterParser: 'src/node/treeSitterParser.ts',
    testCommand: 'src/node/testCommand.ts',
    tieredCache: 'src/cache/tieredCache.ts',
    tokenizerWorker: 'src/node/tokenizerWorker.ts',
  },
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  platform: 'node',
  target: 'node22',
  plugins: [ownChunks, noWebhooks, oneRequire, oneEditor],
  // `import()` becomes `require`: a CommonJS chunk loads in 0.5 ms, an ES module in 2.2 ms.
  supported: { 'dynamic-import': false },
};

const panels = {
  ...shared,
  entryPoints: { dashboard: 'src/panel/dashboard.ts', answer: 'src/panel/answer.ts' },
  format: 'iife',
  platform: 'browser',
  target: 'es2023',
};

/** The parser and its grammars, as files of their own. */
const GRAMMAR_FOLDER = 'node_modules/@vscode/tree-sitter-wasm/wasm';
const GRAMMAR_FILES = [
  'tree-sitter.wasm',
  ...Object.keys(GRAMMARS).map((name) => `tree-sitter-${name}.wasm`),
];

async function copyGrammars() {
  await mkdir('dist', { recursive: true });
  for (const name of GRAMMAR_FILES) await copyFile(`${GRAMMAR_FOLDER}/${name}`, `dist/${name}`);
}

const MANIFEST_TEXTS = /^package\.nls\.[\w-]+\.json$/;

async function copyManifestTexts() {
  const wanted = (await readdir('media/l10n')).filter((name) => MANIFEST_TEXTS.test(name));
  for (const name of wanted) await copyFile(`media/l10n/${name}`, name);
  for (const name of await readdir('.'))
    if (MANIFEST_TEXTS.test(name) && !wanted.includes(name)) await rm(name);
}

await copyManifestTexts();
await copyGrammars();
if (watch) {
  for (const options of [host, panels]) await (await context(options)).watch();
} else {
  const results = await Promise.all([build(host), build(panels)]);
  const [inputs, outputs] = ['inputs', 'outputs'].map((part) =>
    Object.assign({}, ...results.map(({ metafile }) => metafile[part])),
  );
  await writeFile('dist/licenses.txt', licensesText(Object.keys(inputs), process.cwd()) + grammarLicenses());
  // What an earlier build left goes only now: an editor may be running on these files.
  const built = new Set([
    ...Object.keys(outputs).map((file) => basename(file)),
    'licenses.txt',
    ...GRAMMAR_FILES,
  ]);
  for (const file of await readdir('dist'))
    if (!built.has(file)) await rm(`dist/${file}`, { recursive: true });
  if (process.argv.includes('--metafile')) {
    await mkdir('.build', { recursive: true });
    await writeFile('.build/meta.json', JSON.stringify({ inputs, outputs }));
  }
}
