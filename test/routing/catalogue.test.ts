import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { TIERS } from '../../src/base/task.ts';
import { automatic, type Rates } from '../../src/routing/catalogue.ts';
import { CATALOGUE_KINDS, catalogueOf } from '../../src/routing/catalogueData.ts';
import { SIMULATED_MODELS } from '../../src/routing/simulatedModels.ts';

const all = CATALOGUE_KINDS.flatMap((kind) => catalogueOf(kind).map((row) => ({ kind, row })));
const DAY = /^\d{4}-\d\d-\d\d$/;

const ratesIn = ({ row }: (typeof all)[number]): Rates[] =>
  [row.price, row.price?.longPrompt].filter((rates) => rates !== undefined);

suite('catalogue', () => {
  test('no model is listed twice on one kind of platform, and an unknown kind has none', () => {
    for (const kind of CATALOGUE_KINDS) {
      const names = catalogueOf(kind).map(({ name }) => name);

      assert.equal(new Set(names).size, names.length, kind);
      assert.ok(names.length > 0, kind);
    }
    assert.deepEqual(catalogueOf('constructor'), []);
  });

  test('every fact says where it is from and of which day', () => {
    for (const { kind, row } of all) {
      const told = [{ source: row.source, asOf: row.asOf }, ...(row.sources ?? [])];

      assert.ok((row.sources ?? []).length > 0, `${kind}/${row.name}`);
      for (const { source, asOf } of told) assert.ok(source !== '' && DAY.test(asOf), `${kind}/${row.name}`);
    }
  });

  test('prices are sensible: output costs more than input, a cached token never more', () => {
    for (const one of all) {
      const name = `${one.kind}/${one.row.name}`;
      assert.ok(one.row.billing === 'subscription' ? !one.row.price : one.row.price, name);
      for (const rates of ratesIn(one)) {
        const { inputUsdPerMTok: input, outputUsdPerMTok: output } = rates;
        assert.ok(input >= 0 && output >= input && output < 1_000, name);
        assert.ok((rates.cacheReadUsdPerMTok ?? 0) <= input, name);
        const { cacheWriteUsdPerMTok: write = input, cacheWriteLongUsdPerMTok: long = write } = rates;
        assert.ok(write >= input && long >= write && long <= input * 2, name);
      }
    }
  });

  test('a long prompt never costs less, and limits fit into each other', () => {
    for (const { kind, row } of all) {
      const { price, contextTokens, maxOutputTokens, maxInputTokens = contextTokens } = row;
      const long = price?.longPrompt;
      const name = `${kind}/${row.name}`;

      assert.ok(maxOutputTokens <= contextTokens && maxInputTokens <= contextTokens, name);
      if (price === undefined || long === undefined) continue;
      assert.ok(long.aboveTokens < maxInputTokens, name);
      assert.ok(long.inputUsdPerMTok > price.inputUsdPerMTok, name);
      assert.ok(long.outputUsdPerMTok > price.outputUsdPerMTok, name);
    }
  });

  test('the surcharges are those of the platforms: Haiku 5.5 five times, OpenAI two and one and a half', () => {
    const haiku = catalogueOf('anthropic').find(({ name }) => name === 'claude-haiku-5-5')?.price;

    assert.equal(haiku?.longPrompt?.aboveTokens, 100_000);
    assert.equal(haiku.longPrompt.outputUsdPerMTok / haiku.outputUsdPerMTok, 5);
    for (const { price } of catalogueOf('openai')) {
      if (price?.longPrompt === undefined) continue;
      assert.equal(price.longPrompt.aboveTokens, 272_000);
      assert.equal(price.longPrompt.inputUsdPerMTok / price.inputUsdPerMTok, 2);
      assert.equal(price.longPrompt.outputUsdPerMTok / price.outputUsdPerMTok, 1.5);
    }
  });

  test('every platform has models that are chosen from, none of them deprecated or for a few only', () => {
    for (const kind of CATALOGUE_KINDS) {
      const chosen = automatic(catalogueOf(kind));

      assert.ok(chosen.length > 0, kind);
      assert.ok(
        chosen.every(({ status }) => status === 'active'),
        kind,
      );
    }
    assert.deepEqual(
      automatic(catalogueOf('anthropic')).map(({ name }) => name),
      ['claude-fable-5-2', 'claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5'],
    );
    assert.deepEqual(
      automatic(catalogueOf('openai')).map(({ name }) => name),
      ['gpt-6-astra', 'gpt-6.1-sol', 'gpt-6.1-terra', 'gpt-6-luna'],
    );
  });

  test('what is deprecated says so, with the day of its end', () => {
    const sonnet = catalogueOf('anthropic').find(({ name }) => name === 'claude-sonnet-4-5');

    assert.deepEqual([sonnet?.status, sonnet?.retires, sonnet?.use], ['deprecated', '2026-11-30', 'by-name']);
  });

  test('a higher tier is a better guess on each platform', () => {
    for (const rows of [...CATALOGUE_KINDS.map(catalogueOf), SIMULATED_MODELS]) {
      const range = TIERS.map((tier) =>
        rows.filter((row) => row.tier === tier).map(({ quality }) => quality),
      );
      const bounds = range.filter((tier) => tier.length > 0);

      for (const [index, tier] of bounds.entries()) {
        assert.ok(tier.every((quality) => quality > 0 && quality < 1));
        assert.ok(Math.min(...tier) > Math.max(0, ...(bounds[index - 1] ?? [])));
      }
    }
  });

  test('Claude models know their cache minimum and begin with a factor of their tokenizer', () => {
    const byName = new Map(catalogueOf('anthropic').map((row) => [row.name, row]));
    const facts = (name: string) => [byName.get(name)?.minCacheTokens, byName.get(name)?.tokenFactor];

    assert.deepEqual(facts('claude-opus-4-5'), [4_096, 1.2]);
    assert.deepEqual(facts('claude-opus-4-7'), [2_048, 1.2]);
    assert.deepEqual(facts('claude-sonnet-4-6'), [1_024, 1.2]);
    assert.deepEqual(facts('claude-sonnet-5'), [1_024, 1.5]);
    assert.deepEqual(facts('claude-haiku-5-5'), [512, 1.5]);
  });
});
