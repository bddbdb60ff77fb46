/** What is told of models, in the list of a platform and beside a decision. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { modelItems, modelNotes, useItems } from '../../src/host/modelWords.ts';
import type { AnyModelRow } from '../../src/routing/catalogue.ts';
import { catalogueOf } from '../../src/routing/catalogueData.ts';
import { resolveModels } from '../../src/routing/resolveModels.ts';

const model = (kind: string, name: string) => {
  const row = catalogueOf(kind).find((one) => one.name === name);
  assert.ok(row, `${kind} has no ${name}`);
  return row;
};

const modelItem = (row: AnyModelRow) => {
  const item = modelItems([row]).at(-1);
  assert.ok(item);
  return item;
};

suite('what is told of a model', () => {
  test('price, context, tier, source and date; nothing to warn of', () => {
    const row = model('anthropic', 'claude-opus-5-5');

    const item = modelItem(row);

    assert.equal(item.label, row.label);
    assert.match(item.description ?? '', /^\$[\d.]+ \/ \$[\d.]+ · \d+[kM] context$/);
    assert.match(item.detail ?? '', /^claude-opus-5-5 · powerful · read 2026-\d\d-\d\d from .+/);
    assert.deepEqual(modelNotes(row), []);
  });

  test('a model that is going is marked with the day, in the list and beside the decision', () => {
    const [row] = catalogueOf('anthropic').filter(({ status }) => status === 'deprecated');
    assert.ok(row?.retires);

    const item = modelItem(row);

    assert.match(item.label, /^\$\(warning\) /);
    assert.ok(item.detail?.includes(`deprecated · answers until ${row.retires}`), item.detail);
    assert.match(modelNotes(row).join(), new RegExp(`answers only until ${row.retires}`));
  });

  test('what is not known is said to be so; what costs nothing as well', () => {
    const [stranger] = resolveModels({ kind: 'compatible', id: 'compatible' }, ['my-own-13b'], []);
    const [local] = resolveModels({ kind: 'ollama', id: 'ollama' }, ['qwen3-coder:30b'], []);
    const [embedding] = resolveModels({ kind: 'ollama', id: 'ollama' }, ['nomic-embed-text'], []);
    assert.ok(stranger && local && embedding);

    assert.equal(modelItem(stranger).label, 'my-own-13b');
    assert.equal(modelItem(stranger).description, 'price unknown · context unknown');
    assert.match(modelNotes(stranger).join(), /price of my-own-13b is not known/);
    assert.match(modelItem(local).description ?? '', /^free · /);
    assert.deepEqual(modelNotes(local), []);
    const items = modelItems([embedding, local]);
    assert.deepEqual(
      items.map(({ label, kind }) => (kind === vscode.QuickPickItemKind.Separator ? '—' : label)),
      ['—', 'qwen3-coder:30b', '—', 'nomic-embed-text'],
    );
    assert.match(
      modelItem(model('claude-code', 'claude-opus-5-5')).description ?? '',
      /^in your subscription · /,
    );
  });

  test('restrictions and what a source says apart are told in both places', () => {
    const [restricted] = catalogueOf('anthropic').filter(({ status }) => status === 'restricted');
    assert.ok(restricted?.note);

    assert.ok(modelItem(restricted).detail?.includes(`restricted · ${restricted.note}`));
    assert.ok(modelNotes(restricted).some((note) => note.includes(restricted.note ?? '–')));
  });

  test('what was used elsewhere is listed by model, the most used first; nothing is no group', () => {
    const use = (model: string, input: number) => ({
      model,
      requests: 3,
      usage: { input, output: 4_200, cacheRead: 1_250_000, cacheWrite: 0, reasoning: 0 },
    });

    const items = useItems('last 5 hours', [use('small', 10), use('large', 50_000)]);

    assert.deepEqual(
      items.map(({ label }) => label),
      ['last 5 hours', 'large', 'small'],
    );
    assert.equal(items[1]?.description, '3 requests · 1.3M tokens in, 1.25M of them from the cache · 4k out');
    assert.deepEqual(useItems('last 5 hours', []), []);
  });

  test('every model of the catalogue can be told', () => {
    for (const kind of ['anthropic', 'openai', 'synthetic', 'openrouter', 'groq', 'togetherai', 'lmstudio']) {
      for (const row of catalogueOf(kind)) {
        const { description, detail } = modelItem(row);

        assert.doesNotMatch(`${description} ${detail}`, /undefined|NaN|\{\d\}/, row.name);
      }
    }
  });
});
