import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import { automatic } from '../../src/routing/catalogue.ts';
import { catalogueOf } from '../../src/routing/catalogueData.ts';
import { type ModelOverride, parseModelOverrides } from '../../src/routing/modelOverrides.ts';
import { resolveModels } from '../../src/routing/resolveModels.ts';

const named = (kind: string, id = kind) => ({ kind, id });
const namesOf = (rows: readonly { readonly name: string }[]) => rows.map(({ name }) => name);
const find = (rows: ReturnType<typeof resolveModels>, name: string) => rows.find((row) => row.name === name);

suite('models of a platform', () => {
  test('without a list and settings they are those of the catalogue', () => {
    assert.deepEqual(resolveModels(named('openai'), [], []), catalogueOf('openai'));
    assert.deepEqual(resolveModels(named('compatible'), [], []), []);
  });

  test('what the platform does not list is not offered; a dated name is the same model', () => {
    const rows = resolveModels(named('anthropic'), ['claude-haiku-4-5-20251001', 'claude-sonnet-5-5'], []);

    assert.deepEqual(namesOf(rows).toSorted(), ['claude-haiku-4-5', 'claude-sonnet-5-5']);
  });

  test('a listed model that is unknown has no price and no limits, and waits to be named', () => {
    const rows = resolveModels(named('anthropic'), ['claude-sonnet-5-5', 'claude-nova-6'], []);
    const stranger = find(rows, 'claude-nova-6');

    assert.deepEqual(
      [stranger?.price, stranger?.contextTokens, stranger?.maxOutputTokens, stranger?.use],
      [undefined, undefined, undefined, 'by-name'],
    );
    assert.deepEqual(namesOf(automatic(rows)), ['claude-sonnet-5-5']);
  });

  test('where no model is known the listed ones are chosen from, but none that makes no text', () => {
    const listed = ['qwen3:30b', 'nomic-embed-text', 'phi4-mini', 'gpt-oss:120b-cloud', 'big-ultra'];
    const rows = resolveModels(named('ollama'), listed, []);

    assert.deepEqual(namesOf(automatic(rows)), ['qwen3:30b', 'phi4-mini', 'gpt-oss:120b-cloud', 'big-ultra']);
    assert.deepEqual(find(rows, 'qwen3:30b')?.price, { inputUsdPerMTok: 0, outputUsdPerMTok: 0 });
    assert.equal(find(rows, 'gpt-oss:120b-cloud')?.price, undefined);
    assert.deepEqual(
      rows.map(({ tier }) => tier),
      ['fast', 'balanced', 'fast', 'balanced', 'powerful'],
    );
    assert.ok(rows.every(({ quality }) => quality > 0 && quality < 1));
  });

  test('a row of the settings corrects what it names and makes the model one to choose from', () => {
    const overrides: ModelOverride[] = [
      { platform: 'anthropic', name: 'claude-opus-5', price: { inputUsdPerMTok: 1, outputUsdPerMTok: 2 } },
      { platform: 'anthropic', name: 'claude-fable-5-2', use: 'by-name' },
      { platform: 'anthropic', name: 'claude-haiku-5-5', use: 'never' },
      { platform: 'openai', name: 'claude-sonnet-5-5', use: 'never' },
    ];
    const rows = resolveModels(named('anthropic', 'work'), [], overrides);
    const opus = find(rows, 'claude-opus-5');

    assert.deepEqual(opus?.price, { inputUsdPerMTok: 1, outputUsdPerMTok: 2 });
    assert.deepEqual([opus?.contextTokens, opus?.use, opus?.tier], [1_000_000, undefined, 'powerful']);
    assert.match(opus?.source ?? '', /^sluice\.models, /);
    assert.equal(opus?.sources?.[0]?.facts, 'name, price');
    assert.equal(find(rows, 'claude-haiku-5-5'), undefined);
    assert.ok(find(rows, 'claude-sonnet-5-5'));
    assert.ok(!namesOf(automatic(rows)).includes('claude-fable-5-2'));
  });

  test('a row of the settings adds a model that nobody knows, to one account or to all of a kind', () => {
    const overrides: ModelOverride[] = [
      { platform: 'mine', name: 'house-model', tier: 'powerful', contextTokens: 8_000, label: 'House' },
      { platform: 'compatible', name: 'other', quality: 0.5 },
    ];
    const mine = resolveModels(named('compatible', 'mine'), [], overrides);
    const theirs = resolveModels(named('compatible', 'theirs'), [], overrides);

    assert.deepEqual(namesOf(mine), ['house-model', 'other']);
    assert.deepEqual(
      [mine[0]?.tier, mine[0]?.contextTokens, mine[0]?.label, mine[0]?.price, mine[0]?.quality],
      ['powerful', 8_000, 'House', undefined, 0.92],
    );
    assert.deepEqual(namesOf(theirs), ['other']);
  });

  test('over random lists and rows: names are unique, and what is never wanted is never there', () => {
    const random = seededRandom(5);
    const pool = [...namesOf(catalogueOf('openai')), 'new-1', 'new-2', 'text-embedding-3'];
    const some = () => pool.filter(() => random() < 0.3);
    for (let run = 0; run < 500; run += 1) {
      const uses = ['automatic', 'by-name', 'never'] as const;
      const overrides = some().map((name) => ({
        platform: 'openai',
        name,
        use: uses[Math.floor(random() * 3)] ?? 'never',
      }));
      const names = namesOf(resolveModels(named('openai'), some(), overrides));

      assert.equal(new Set(names).size, names.length);
      for (const { name, use } of overrides) assert.equal(names.includes(name), use !== 'never', name);
    }
  });
});

suite('rows of sluice.models', () => {
  const full = {
    platform: 'openai',
    name: ' gpt-7 ',
    label: 'GPT-7',
    tier: 'powerful',
    use: 'automatic',
    quality: 0.9,
    contextTokens: 2_000_000,
    maxInputTokens: 1_500_000,
    maxOutputTokens: 200_000,
    price: {
      input: 1,
      output: 5,
      cacheRead: 0.1,
      cacheWrite: 1.25,
      cacheWriteLong: 2,
      longPrompt: { aboveTokens: 200_000, input: 2, output: 10 },
    },
  };

  test('a whole row is read', () => {
    const { overrides, bad } = parseModelOverrides([full]) ?? {};

    assert.deepEqual(bad, []);
    assert.equal(overrides?.[0]?.name, 'gpt-7');
    assert.deepEqual(overrides?.[0]?.price, {
      inputUsdPerMTok: 1,
      outputUsdPerMTok: 5,
      cacheReadUsdPerMTok: 0.1,
      cacheWriteUsdPerMTok: 1.25,
      cacheWriteLongUsdPerMTok: 2,
      longPrompt: { aboveTokens: 200_000, inputUsdPerMTok: 2, outputUsdPerMTok: 10 },
    });
  });

  const wrong: readonly [unknown, string][] = [
    ['gpt-7', ''],
    [null, ''],
    [[], ''],
    [{}, 'platform'],
    [{ platform: 'openai' }, 'name'],
    [{ ...full, name: '  ' }, 'name'],
    [{ ...full, name: 'x'.repeat(1_000) }, 'name'],
    [{ ...full, tier: 'huge' }, 'tier'],
    [{ ...full, use: 'sometimes' }, 'use'],
    [{ ...full, quality: 1 }, 'quality'],
    [{ ...full, contextTokens: -5 }, 'contextTokens'],
    [{ ...full, contextTokens: 1e18 }, 'contextTokens'],
    [{ ...full, contextTokens: null }, 'contextTokens'],
    [{ ...full, price: { input: 1 } }, 'price'],
    [{ ...full, price: { input: 1, output: -1 } }, 'price'],
    [{ ...full, price: { input: 1, output: Number.NaN } }, 'price'],
    [{ ...full, price: { input: 1, output: 1, longPrompt: { input: 1, output: 1 } } }, 'price'],
    [{ ...full, prize: 3 }, 'prize'],
    [{ ...full, constructor: 3 }, 'constructor'],
  ];
  test('a row that is wrong is named with its field, and the others are kept', () => {
    for (const [row, field] of wrong) {
      const parsed = parseModelOverrides([full, row, full]);

      assert.deepEqual(parsed?.bad, [{ row: 2, field }], JSON.stringify(row));
      assert.equal(parsed?.overrides.length, 2);
    }
  });

  test('what is no list is none, and a list without end is cut', () => {
    for (const raw of [undefined, null, {}, 'x', 3]) assert.equal(parseModelOverrides(raw), undefined);
    const endless = parseModelOverrides(Array.from({ length: 1_000 }, () => full));

    assert.equal(endless?.overrides.length, 500);
    assert.deepEqual(endless?.bad, [{ row: 501, field: '' }]);
  });
});
