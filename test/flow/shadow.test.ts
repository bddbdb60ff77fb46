import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import type { Receipt } from '../../src/flow/request.ts';
import { savingsView, shadowRows } from '../../src/flow/shadow.ts';
import { bindModel } from '../../src/routing/catalogue.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { FakeTransport } from '../support/fakeTransport.ts';
import { buildSpine, FAST, request, STRONG } from '../support/spine.ts';

const MODELS = [FAST, STRONG].map((row) => bindModel(row, 'test', false));
const BAR = { bar: 0.7, simulated: false, days: 30 };

async function answered(): Promise<Receipt> {
  const clock = new FakeClock();
  const { pipeline } = buildSpine({ clock, transport: new FakeTransport(clock) });
  return (await pipeline.run(request(), () => undefined, new AbortController().signal)).receipt;
}

suite('shadow choices', () => {
  test('the same tokens at another model’s price, with the chance that was told of it', async () => {
    const receipt = await answered();

    const rows = shadowRows(receipt, MODELS, () => 1);

    const { fallbacks, chosen } = receipt.decision;
    assert.deepEqual(
      rows.map(({ modelKey, usd, actualUsd, chance }) => [modelKey, usd, actualUsd, chance]),
      [
        ['test/fast', 0.00035, 0.00035, chosen.chance],
        ['test/strong', 0.0035, 0.00035, fallbacks[0]?.chance],
      ],
    );
  });

  test('a model with smaller tokens needs more of them', async () => {
    const factor = ({ name }: { name: string }) => (name === 'strong' ? 1.5 : 1);

    const [, strong] = shadowRows(await answered(), MODELS, factor);

    assert.equal(strong?.usd, (150 * 10 + 75 * 50) / 1e6);
  });

  test('a subscription would have cost nothing, an unknown price says nothing, a model by name only is no choice', async () => {
    const { price: _price, ...priceless } = STRONG;
    const others = [
      bindModel({ ...STRONG, name: 'paid', billing: 'subscription' }, 'test', false),
      bindModel({ ...priceless, name: 'priceless' }, 'test', false),
      bindModel({ ...STRONG, name: 'named', use: 'by-name' }, 'test', false),
      bindModel({ ...STRONG, name: 'made-up' }, 'sim', true),
    ];

    const rows = shadowRows(await answered(), [...MODELS, ...others], () => 1);

    assert.deepEqual(rows.map(({ modelKey, usd }) => [modelKey, usd]).slice(2), [['test/paid', 0]]);
  });

  test('cached answers and such of unknown cost are left out', async () => {
    const receipt = await answered();
    const { costUsd: _cost, ...unknown } = receipt;

    assert.deepEqual(
      shadowRows({ ...receipt, cache: 'memory' }, MODELS, () => 1),
      [],
    );
    assert.deepEqual(
      shadowRows(unknown, MODELS, () => 1),
      [],
    );
  });

  test('always the strongest, and always the cheapest that would do by itself', () => {
    const sums = (modelKey: string, usd: number, chance: number) => ({
      ...{ modelKey, requests: 10, usd, actualUsd: 1, chances: 10, chanceSum: 10 * chance },
    });

    const weak = savingsView([sums('test/fast', 0.5, 0.6), sums('test/strong', 5, 0.9)], MODELS, BAR);
    const good = savingsView([sums('test/fast', 0.5, 0.8), sums('test/strong', 5, 0.9)], MODELS, BAR);

    assert.deepEqual([weak?.strongest.label, weak?.single.label], ['Strong', 'Strong']);
    assert.deepEqual(
      [good?.strongest.usd, good?.single],
      [5, { label: 'Fast', requests: 10, usd: 0.5, actualUsd: 1, chance: 0.8 }],
    );
  });

  test('with one model there is nothing to compare', () => {
    assert.equal(savingsView([], MODELS, BAR), undefined);
  });
});
