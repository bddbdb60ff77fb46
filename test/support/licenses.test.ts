/** The licences of what is bundled. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setup, suite, teardown, test } from 'mocha';
import { licensesText } from './licenses.ts';
import { type TemporaryFolder, temporaryFolder } from './temporaryFolder.ts';

suite('licences of what is bundled', () => {
  let root: TemporaryFolder;
  const put = (file: string, content: string) => {
    mkdirSync(dirname(join(root.path, file)), { recursive: true });
    writeFileSync(join(root.path, file), content);
  };
  const install = (name: string, license: string, files: Readonly<Record<string, string>>) => {
    put(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.2.3', license }));
    for (const [file, content] of Object.entries(files)) put(`node_modules/${name}/${file}`, content);
    return `node_modules/${name}/dist/index.js`;
  };

  setup(async () => {
    root = await temporaryFolder();
  });
  teardown(() => root.remove());

  test('each package is named once with its version and all its texts, also of what it has taken over', () => {
    const kept = install('@scope/kept', 'MIT', { LICENSE: 'mine', 'src/taken/LICENSE.md': 'theirs' });
    const other = install('other', '(GPL-3.0 OR Apache-2.0)', { 'license.txt': 'apache', NOTICE: 'notice' });

    const text = licensesText([kept, `${kept}.more.js`, other, 'src/ours.ts'], root.path);

    const [first, second, ...more] = text.split(/\n=+\n\n/);
    assert.equal(first, '@scope/kept 1.2.3 (MIT)\n\nmine\n\ntheirs\n');
    assert.equal(second, 'other 1.2.3 ((GPL-3.0 OR Apache-2.0))\n\nnotice\n\napache\n');
    assert.deepEqual(more, []);
  });

  test('a package without a text, or with a licence that is not allowed, is refused by its name', () => {
    const silent = install('silent', 'MIT', { 'licenses.ts': 'export {}' });
    const viral = install('viral', 'MIT AND GPL-3.0', { LICENSE: 'text' });

    assert.throws(
      () => licensesText([silent, viral], root.path),
      /silent 1.2.3: .* text\.\nviral 1.2.3: .*GPL/,
    );
  });

  test('a package inside another one speaks for itself', () => {
    const outer = install('outer', 'ISC', { 'node_modules/inner/LICENSE': 'inner' });

    assert.throws(() => licensesText([outer], root.path), /outer 1.2.3/);
  });
});
