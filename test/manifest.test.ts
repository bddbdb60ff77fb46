/** Holds package.json and the code to the same commands, settings and texts. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'mocha';
import { TASK_TYPES } from '../src/base/task.ts';
import { SETTINGS } from '../src/flow/settings.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const manifest = JSON.parse(read('package.json'));
const texts: Record<string, string> = JSON.parse(read('package.nls.json'));
const declared: Record<string, Record<string, unknown>> = Object.assign(
  {},
  ...manifest.contributes.configuration.map((group: { properties: object }) => group.properties),
);

suite('manifest', () => {
  test('commands in the table and in package.json are the same', () => {
    const sources = readdirSync(join(ROOT, 'src/host')).map((file) => read(`src/host/${file}`));
    const rows = sources.flatMap((source) => [
      ...source.matchAll(/^ {4,6}'(sluice\.\w+)': (?:async )?\(?/gm),
    ]);
    const inCode = rows.map(([, id]) => id);
    const inManifest = manifest.contributes.commands.map(({ command }: { command: string }) => command);

    assert.deepEqual(inCode.toSorted(), inManifest.toSorted());
  });

  test('every command has the category and a title without emoji', () => {
    const wrong = manifest.contributes.commands.filter(
      ({ category, title }: { category: string; title: string }) =>
        category !== 'Sluice' || /\p{Extended_Pictographic}/u.test(texts[title.slice(1, -1)] ?? ''),
    );

    assert.deepEqual(wrong, []);
  });

  test('a key is bound to commands of ours only, under a context key of ours or where VS Code binds nothing', () => {
    const bindings: Binding[] = manifest.contributes.keybindings;
    const ours = (when: string) =>
      /^sluice\.\w+ && /.test(when) || /\bcommentController == sluice\.inlineChat && /.test(`${when} && `);
    const wrong = bindings.filter(
      (binding) =>
        !binding.command.startsWith('sluice.') ||
        (!ours(binding.when ?? '') &&
          PLATFORMS.some((platform) => isTaken(platform, keyOn(platform, binding)))),
    );

    assert.deepEqual(wrong, []);
    assert.ok(isTaken('L', 'ctrl+k'), 'the first stroke of a chord is taken');
    assert.ok(isTaken('M', 'cmd+k') && !isTaken('L', 'cmd+k'), 'each platform has keys of its own');
  });

  test('settings in the code and in package.json agree on key, default and bounds', () => {
    const inCode = Object.fromEntries(
      Object.entries(SETTINGS).map(([key, setting]) => [`sluice.${key}`, boundsOf(setting)]),
    );
    const inManifest = Object.fromEntries(
      Object.entries(declared).map(([key, property]) => [
        key,
        boundsOf({ ...property, ...(property.enum ? { choices: property.enum } : {}) }),
      ]),
    );

    assert.deepEqual(inManifest, inCode);
  });

  test('a routing rule may name every task type, and only these', () => {
    const items = declared['sluice.routing.rules']?.items as { properties: { task: { enum: string[] } } };

    assert.deepEqual(items.properties.task.enum, [...TASK_TYPES]);
  });

  test('addresses, rules and models of an untrusted workspace are not honoured', () => {
    const { untrustedWorkspaces, virtualWorkspaces } = manifest.capabilities;
    const sensitive = Object.entries(SETTINGS)
      .filter(
        ([, { type }]) =>
          type === 'url' ||
          type === 'path' ||
          type === 'command' ||
          type === 'redis' ||
          type === 'rules' ||
          type === 'models' ||
          type === 'experiments',
      )
      .map(([key]) => `sluice.${key}`);

    assert.equal(untrustedWorkspaces.supported, 'limited');
    assert.equal(virtualWorkspaces.supported, 'limited');
    assert.deepEqual(untrustedWorkspaces.restrictedConfigurations.toSorted(), sensitive.toSorted());
  });

  test('every text key is used and has a text, and every file that is named is there', () => {
    const used = [...read('package.json').matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key ?? '');
    const files = [...read('package.json').matchAll(/"(media\/[\w.]+)"/g)].map(([, file]) => file ?? '');

    assert.deepEqual([...new Set(used)].toSorted(), Object.keys(texts).toSorted());
    assert.deepEqual(
      files.filter((file) => !existsSync(join(ROOT, file))),
      [],
    );
  });

  test('no proposed API is asked for, and the types are those of the oldest VS Code that is supported', () => {
    const oldest = manifest.engines.vscode.replace('^', '');
    const types = JSON.parse(read('node_modules/@types/vscode/package.json')).version;

    assert.equal(manifest.enabledApiProposals, undefined);
    assert.equal(types, oldest);
  });

  test('every dependency is named with one version: what is tested is what is shipped', () => {
    const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+$/.test(String(version)),
    );

    assert.deepEqual(loose, []);
  });

  test('texts of the editor are only ever given as literals, so that they can be translated', () => {
    const wrong = readdirSync(join(ROOT, 'src/host'))
      .filter((file) => file.endsWith('.ts'))
      .filter((file) => /\bl10n\.t\((?!['"`\n ])/.test(read(`src/host/${file}`)));

    assert.deepEqual(wrong, []);
  });
});

interface Binding {
  readonly command: string;
  readonly key: string;
  readonly mac?: string;
  readonly when?: string;
}

const PLATFORMS = ['L', 'M', 'W'] as const;
type KeyPlatform = (typeof PLATFORMS)[number];
const takenKeys = read('test/support/vscodeKeys.txt')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => ({ on: line.slice(0, 3), key: line.slice(4) }));

function keyOn(platform: KeyPlatform, { key, mac = key }: Binding): string {
  return platform === 'M' ? mac : key;
}

/** Or begins a chord that is, or is a chord behind a key that is. */
function isTaken(platform: KeyPlatform, key: string): boolean {
  return takenKeys.some(
    (taken) =>
      taken.on.includes(platform) &&
      (`${taken.key} `.startsWith(`${key} `) || `${key} `.startsWith(`${taken.key} `)),
  );
}

interface Bounds {
  readonly default?: unknown;
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly choices?: unknown;
}

function boundsOf({ default: value, minimum, maximum, choices }: Bounds) {
  return { default: value, minimum, maximum, choices };
}
