import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { suite, test } from 'mocha';
import { THEMES } from './themeFixture.ts';

const MEDIA = new URL('../../media/', import.meta.url);

async function styles(): Promise<string> {
  const names = (await readdir(MEDIA)).filter((name) => /^(panel|dashboard|answer)\.css$/.test(name));
  assert.equal(names.length, 3);
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, MEDIA), 'utf8')));
  return texts.join('\n').replace(/\/\*.*?\*\//gs, '');
}

suite('panel/styles', () => {
  test('colours come from the theme only', async () => {
    const css = await styles();

    assert.deepEqual(
      css.match(/#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|oklch)\(|:\s*(?:white|black|red|gray)\b/gi),
      null,
    );
    assert.deepEqual(css.match(/url\(|@import/g), null);
  });

  test('every theme variable is one that VS Code sets', async () => {
    const css = await styles();
    const used = new Set([...css.matchAll(/--vscode-([\w-]+)/g)].map((match) => match[1] ?? ''));
    const known = new Set(Object.values(THEMES).flatMap(({ variables }) => Object.keys(variables)));
    const optional = ['inputValidation-warningForeground', 'inputValidation-errorForeground'];

    assert.deepEqual(
      [...used].filter((name) => !known.has(name) && !optional.includes(name)),
      [],
    );
  });
});
