/** An experiment of the person's settings inside the extension host: who gets which variant, and what comes of it. */
import assert from 'node:assert/strict';
import { suite, suiteSetup, suiteTeardown, test } from 'mocha';
import * as vscode from 'vscode';
import { systemClock as clock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import type { Receipt } from '../../src/flow/request.ts';
import { decisionDocument } from '../../src/host/receiptRows.ts';
import { AnthropicTransport } from '../../src/node/anthropicTransport.ts';
import { type SimulatedPlatform, startSimulatedPlatform } from '../../src/node/simulatedPlatform.ts';
import { SESSION_PLATFORM, sessionPlatform } from '../support/session.ts';
import { eventually, handle } from './hostSupport.ts';

const never = new AbortController().signal;
const WIDE_LIMITS = { requestsPerMinute: 1_000_000, tokensPerMinute: 1_000_000_000 };
const ruled = (model: string) => ({ 'routing.rules': [{ model: `${SESSION_PLATFORM}/${model}` }] });
const NAME = 'fast or powerful';
const EXPERIMENT = {
  name: NAME,
  per: 'request',
  variants: [
    { name: 'fast', settings: ruled('sim-fast') },
    { name: 'powerful', settings: ruled('sim-powerful') },
  ],
};
const declare = (experiments: readonly unknown[] | undefined) =>
  vscode.workspace
    .getConfiguration('sluice')
    .update('experiments', experiments, vscode.ConfigurationTarget.Global);

suite('an experiment inside VS Code', function () {
  this.timeout(180_000);
  let server: SimulatedPlatform;

  suiteSetup(async () => {
    const { platforms } = await handle();
    const limits = WIDE_LIMITS;
    server = await startSimulatedPlatform({ seed: 1, clock, log: silentLog, latencyScale: 0, limits });
    const deps = { platform: SESSION_PLATFORM, apiKey: server.token, baseUrl: server.url };
    platforms.set([
      sessionPlatform(async () => new AnthropicTransport({ ...deps, timeoutMs: 30_000, clock })),
    ]);
    await declare([EXPERIMENT]);
  });
  suiteTeardown(async () => {
    const { connections, quota } = await handle();
    await declare(undefined);
    connections.apply();
    quota.forget(SESSION_PLATFORM);
    server.dispose();
  });

  const ask = async (instruction: string): Promise<Receipt> => {
    const { pipeline } = await handle();
    const request = { task: 'question', priority: 'medium', instruction, freshness: 'fresh' } as const;
    return (await pipeline.run(request, () => undefined, never)).receipt;
  };

  test('equal requests get the same variant, both get some, and the decision says which', async () => {
    const receipts: Receipt[] = [];
    for (let n = 0; n < 20; n += 1) receipts.push(await ask(`question ${n % 10}`));

    const models = receipts.map(({ modelKey }) => modelKey);
    assert.deepEqual(models.slice(0, 10), models.slice(10));
    assert.equal(new Set(models).size, 2);
    for (const receipt of receipts) {
      const variant = receipt.trial?.[0]?.variant ?? assert.fail('it takes part');
      assert.equal(receipt.modelKey, `${SESSION_PLATFORM}/sim-${variant}`);
      const document = decisionDocument(receipt);
      assert.ok(document.includes(NAME) && document.includes(variant), document);
    }
  });

  test('a variant that the person keeps refusing is told to do harm, and nobody gets it any more', async () => {
    const { outcomes, trials } = await handle();
    const view = () => {
      const { book, own } = trials.current ?? assert.fail('it is loaded');
      return book.experimentViews(own).find(({ name }) => name === NAME)?.variants[1];
    };

    for (let n = 0; n < 70; n += 1) {
      const receipt = await ask(`refused ${n}`);
      const up = receipt.trial?.[0]?.variant === 'fast';
      outcomes.happened(receipt, { kind: 'thumbs', up });
    }
    await eventually('a verdict', () => view()?.verdict?.kind === 'harmful');
    const after = new Set<string>();
    for (let n = 0; n < 15; n += 1) after.add((await ask(`later ${n}`)).modelKey);

    assert.equal(view()?.accepted, 0);
    assert.deepEqual([...after], [`${SESSION_PLATFORM}/sim-fast`]);
  });
});
