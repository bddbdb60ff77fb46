/** Holds the .vsix to what a user should get: everything that Sluice needs, and nothing else. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, sep } from 'node:path';
import { suite, suiteSetup, test } from 'mocha';
import { packageForTests } from './support/buildExtension.ts';
import { repoRoot } from './support/paths.ts';
import { readZip } from './support/zipFile.ts';

/** Bytes. */
const MOST = 3_000_000;
/** Building and packaging, in milliseconds. */
const SETUP = 180_000;
/** vsce renames three files. */
const WANTED = [
  /^(\[Content_Types\]\.xml|extension\.vsixmanifest)$/,
  /^extension\/(package\.json|package\.nls(\.[\w-]+)?\.json|readme\.md|changelog\.md|LICENSE\.txt)$/,
  /^extension\/dist\/(\w+\.c?js|licenses\.txt|tree-sitter(-[a-z-]+)?\.wasm)$/,
  /^extension\/media\/\w+\.(css|svg|png)$/,
  /^extension\/media\/l10n\/bundle\.l10n\.[\w-]+\.json$/,
];
const SECRETS =
  /sk-(ant|proj)-[\w-]{16,}|\bAKIA[A-Z0-9]{16}\b|\bgh[pousr]_\w{30,}|\bxox[abp]-\w{8,}|-----BEGIN [A-Z ]*PRIVATE KEY-----|\bnpm_\w{36}\b/;

suite('the package', () => {
  let packed: ReadonlyMap<string, Buffer>;
  let bytes: number;
  const paths = () => [...packed.keys()];
  const textOf = (path: string) => String(packed.get(`extension/${path}`) ?? '');
  const whose = (wrong: (text: string) => boolean) =>
    [...packed].filter(([, content]) => wrong(String(content))).map(([path]) => path);

  suiteSetup(async function () {
    this.timeout(SETUP);
    const file = await packageForTests(new AbortController().signal);
    bytes = readFileSync(file).length;
    packed = await readZip(file);
  });

  test('it holds the manifest, its texts, what was built and the media: no source, no test, no map', () => {
    const strays = paths().filter((path) => !WANTED.some((pattern) => pattern.test(path)));

    assert.deepEqual(strays, []);
    assert.deepEqual(
      // The bare word is one of the tokenizer's.
      whose((text) => text.includes('# sourceMappingURL=')),
      [],
    );
  });

  test('what one of its files loads by a path is in it', () => {
    const missing = paths()
      .filter((path) => path.endsWith('.cjs'))
      .flatMap((path) => {
        const loaded = [...String(packed.get(path)).matchAll(/\(["'](\.\/[^"'\n]+)["']\)/g)];
        return loaded.flatMap(([, name = '']) =>
          packed.has(`extension/dist/${name.slice(2)}`) ? [] : [`${path}: ${name}`],
        );
      });

    assert.deepEqual(missing, []);
  });

  test('it is at most 3 MB', () => assert.ok(bytes <= MOST, `${bytes} bytes`));

  test('the media in it are those that are used, all of them', () => {
    const built = paths().filter((path) => /^extension\/dist\/\w+\.js$/.test(path));
    const styles = built.map((path) => path.replace(/^.*\/(\w+)\.js$/, '$1.css'));
    const chunks = paths().filter((path) => path.endsWith('.cjs') && !path.includes('tokenizer'));
    const texts = [textOf('package.json'), ...chunks.map((path) => textOf(path.replace('extension/', '')))];
    const named = [
      ...texts.join('\n').matchAll(/\b(?:icon|panel|sluice|walkthrough)\w*\.(?:svg|png|css)\b/g),
    ];

    const inPackage = paths().filter((path) => /^extension\/media\/[^/]+$/.test(path));

    const used = new Set(
      [...styles, ...named.map(([name]) => name)].map((name) => `extension/media/${name}`),
    );
    assert.deepEqual(inPackage.toSorted(), [...used].toSorted());
  });

  test('every translation is in it, the manifest’s where VS Code looks for it', () => {
    const sources = readdirSync(join(repoRoot, 'media/l10n'));
    const wanted = sources.map((name) => (name.startsWith('package.nls.') ? name : `media/l10n/${name}`));

    const differing = wanted.filter(
      (path) =>
        textOf(path) !== readFileSync(join(repoRoot, 'media/l10n', path.replace('media/l10n/', '')), 'utf8'),
    );

    assert.ok(wanted.length >= 6);
    assert.deepEqual(differing, []);
    assert.equal(JSON.parse(textOf('package.json')).l10n, './media/l10n');
  });

  test('every chunk that another one loads is in it', () => {
    const chunks = paths().filter((path) => path.endsWith('.cjs'));
    const loaded = chunks.flatMap((path) => [...String(packed.get(path)).matchAll(/["'`/](\w+\.cjs)["'`]/g)]);

    const missing = loaded
      .filter(([, name]) => !packed.has(`extension/dist/${name}`))
      .map(([, name]) => name);

    assert.deepEqual(missing, []);
    assert.ok(packed.has(join('extension', JSON.parse(textOf('package.json')).main)));
  });

  test('every package that is bundled has its licence in it', () => {
    const texts = textOf('dist/licenses.txt');

    for (const name of [
      '@anthropic-ai/sdk',
      'openai',
      'gpt-tokenizer',
      'lru-cache',
      'markdown-it',
      'valibot',
    ]) {
      const { version } = JSON.parse(
        readFileSync(join(repoRoot, 'node_modules', name, 'package.json'), 'utf8'),
      );
      assert.ok(texts.includes(`${name} ${version} (`), name);
    }
  });

  test('nothing in it looks like a key, or like a path of the machine that built it', () => {
    const secrets = whose((text) => SECRETS.test(text));
    const machine = whose((text) => text.includes(repoRoot) || text.includes(homedir() + sep));

    assert.deepEqual({ secrets, machine }, { secrets: [], machine: [] });
  });
});
