/** Holds the translations to the texts: nothing missing where it was promised, nothing left over, nothing lost. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'mocha';
import { textsIn, textsOf, translatedSources } from './support/l10nTexts.ts';
import { repoRoot } from './support/paths.ts';

type Texts = Readonly<Record<string, string>>;

const FOLDER = join(repoRoot, 'media/l10n');
/** Languages in which everything is said, and those with the manifest and the meter alone. */
const WHOLE = ['it'] as const;
const PARTLY = ['ko', 'zh-cn'] as const;
const LANGUAGES = [...WHOLE, ...PARTLY];
/** What a person sees who never opens a view. */
const METER = ['src/host/meter.ts', 'src/host/meterFace.ts'];

const textsFrom = (file: string): Texts => JSON.parse(readFileSync(file, 'utf8'));
const bundle = (language: string) => textsFrom(join(FOLDER, `bundle.l10n.${language}.json`));
const manifestTexts = (language: string) => textsFrom(join(FOLDER, `package.nls.${language}.json`));
const english = textsFrom(join(repoRoot, 'package.nls.json'));
const found = textsIn(translatedSources());

suite('translations', () => {
  test('every text that the extension says is given as a literal', () => {
    assert.ok(found.texts.length > 250, `only ${found.texts.length} texts were found`);
    assert.deepEqual(found.unclear, []);
  });

  for (const language of WHOLE) {
    test(`each of them is in the bundle for ${language}, and nothing else is`, () => {
      complete(bundle(language), found.texts, `media/l10n/bundle.l10n.${language}.json`);
    });
  }

  for (const language of PARTLY) {
    test(`each text of the meter is in the bundle for ${language}, and each text there is in use`, () => {
      const texts = bundle(language);
      const file = `media/l10n/bundle.l10n.${language}.json`;

      complete(texts, [...new Set([...textsIn(METER).texts, ...usedOf(texts)])], file);
    });
  }

  for (const language of LANGUAGES) {
    test(`the manifest has the same keys in ${language} as in English`, () => {
      const translated = manifestTexts(language);
      const missing = Object.keys(english).filter((key) => !translated[key]);
      const idle = Object.keys(translated).filter((key) => !(key in english));

      const paste = Object.fromEntries(missing.map((key) => [key, english[key] ?? '']));
      const file = `media/l10n/package.nls.${language}.json`;
      assert.deepEqual({ missing, idle }, { missing: [], idle: [] }, told(file, paste, idle));
    });

    test(`places for values, code and links are the same in ${language} as in English`, () => {
      const pairs = [...Object.entries(bundle(language)), ...manifestPairs(language)];

      const differing = pairs.filter(([from, to]) => String(marksIn(from)) !== String(marksIn(to)));

      assert.deepEqual(differing, []);
    });

    test(`a command that a text names goes by its name in ${language}`, () => {
      const own = manifestTexts(language);
      const pairs = [...Object.entries(bundle(language)), ...manifestPairs(language)];

      const named = pairs.flatMap(([from, to]) => commandsIn(from).map((key) => ({ key, to })));
      const astray = named.filter(({ key, to }) => !to.includes(`Sluice: ${own[key]}`));

      assert.ok(named.length > 0, 'no text names a command');
      assert.deepEqual(astray, []);
    });
  }

  test('there is a bundle and a manifest for each language, under the names that VS Code looks for', () => {
    const wanted = LANGUAGES.flatMap((language) => [
      `bundle.l10n.${language}.json`,
      `package.nls.${language}.json`,
    ]);

    assert.deepEqual(readdirSync(FOLDER).toSorted(), wanted.toSorted());
    assert.equal(JSON.parse(readFileSync(join(repoRoot, 'package.json'), 'utf8')).l10n, './media/l10n');
  });

  test('the texts are found as they are written: in one piece, in pieces, with escapes, under both names', () => {
    const source = [
      "const t = vscode.l10n.t; t('one', 2); l10n.t(\n  'two ' +\n    \"and 'three'\",\n); vscode.l10n.t('it\\'s\\n\\u2026')",
      "words.t('not ours'); format('no'); `\u0024{t('inside')}`; t(key); t(`no \u0024{name}`); t('a' + b)",
    ].join('\n');

    const { texts, unclear } = textsOf(source);

    assert.deepEqual(texts, ['one', "two and 'three'", "it's\n…", 'inside']);
    assert.deepEqual(
      unclear.map((code) => code.slice(0, 7)),
      ['t(key);', 't(`no $', "t('a' +"],
    );
  });

  function usedOf(texts: Texts): string[] {
    return Object.keys(texts).filter((text) => found.texts.includes(text));
  }

  function manifestPairs(language: string): [string, string][] {
    return Object.entries(manifestTexts(language)).map(([key, text]) => [english[key] ?? '', text]);
  }
});

function complete(translated: Texts, wanted: readonly string[], file: string): void {
  const missing = wanted.filter((text) => !translated[text]);
  const idle = Object.keys(translated).filter((text) => !wanted.includes(text));
  const paste = Object.fromEntries(missing.map((text) => [text, text]));
  assert.deepEqual({ missing, idle }, { missing: [], idle: [] }, told(file, paste, idle));
}

/** What is to be done to the file, ready to be pasted: the texts are English and want to be translated. */
function told(file: string, missing: Texts, idle: readonly string[]): string {
  const lines = JSON.stringify(missing, undefined, 2).split('\n').slice(1, -1).join('\n');
  return [
    lines === '' ? '' : `Translate these and add them to ${file}:\n${lines}`,
    idle.length === 0 ? '' : `Remove these from ${file}, nothing says them any more:\n${idle.join('\n')}`,
  ].join('\n');
}

/** Keys of the commands that an English text names as the palette does. */
function commandsIn(text: string): string[] {
  return Object.keys(english).filter(
    (key) => key.startsWith('command.') && text.includes(`Sluice: ${english[key]}`),
  );
}

/** What must survive a translation. In any order: languages differ. Names of commands are translated, so they are no code. */
function marksIn(text: string): string[] {
  return [...text.matchAll(/\{\d\}|`(?!Sluice: )[^`]+`|\]\((?:command|https?):[^)]+\)|“sluice\.[\w.]+”/g)]
    .map(([mark]) => mark)
    .toSorted();
}
