import assert from 'node:assert/strict';
import { suite, suiteSetup, suiteTeardown, test } from 'mocha';
import * as vscode from 'vscode';
import { systemClock } from '../../src/base/clock.ts';
import { systemRandom } from '../../src/base/random.ts';
import { RedisLevels } from '../../src/node/redisLevels.ts';
import { levelOf } from '../../src/quota/shares.ts';
import { type RedisServer, startRedis } from '../support/redisServer.ts';
import { eventually, explain, freshCode, handle, show } from './hostSupport.ts';

const configure = (url: string | undefined) =>
  vscode.workspace.getConfiguration('sluice').update('redis.url', url, vscode.ConfigurationTarget.Global);
const LONG_MS = 15_000;

suite('a team in VS Code', () => {
  let server: RedisServer;
  let other: RedisLevels;
  suiteSetup(async () => {
    server = await startRedis();
    const address = { url: server.url };
    const onState = () => undefined;
    const deps = { address, prefix: 'sluice', clock: systemClock, random: systemRandom, onState };
    other = await RedisLevels.open({ ...deps, holder: 'a colleague' });
  });
  suiteTeardown(async () => {
    await configure(undefined);
    other.dispose();
    await server.stop();
  });
  /** What the colleague sees of the requests a minute. */
  const seen = () => {
    const row = other.book('simulated')?.limits.find(({ unit }) => unit === 'requests');
    return row && { level: levelOf(row), used: row.used.reduce((sum, part) => sum + part, 0) };
  };

  test('a request here is seen there; without Redis requests go on and it is said; then all is as before', async () => {
    const { notices } = await handle();
    await configure(server.url);
    // The first answer tells which limits there are.
    await show(freshCode());
    await explain();
    await eventually('the colleague to know the limit', () => seen() !== undefined, LONG_MS);
    await show(freshCode());
    const first = await explain();
    await eventually('the colleague to see the request', () => (seen()?.used ?? 0) > 0, LONG_MS);

    await server.stop();
    await show(freshCode());
    const alone = await explain();
    await eventually('the notice', () => /Redis is not reachable/.test(notices.team ?? ''), LONG_MS);
    const told = notices.all().filter((notice) => notice === notices.team);
    await server.start();
    await eventually('the notice to go', () => notices.team === undefined, LONG_MS);
    await show(freshCode());
    const back = await explain();
    await eventually('the colleague to see it again', () => (seen()?.used ?? 0) > 0, LONG_MS);

    assert.ok(first && alone && back);
    assert.equal(told.length, 1);
  }).timeout(60_000);

  test('without the setting the window counts as before', async () => {
    const { quota, notices } = await handle();
    await configure(undefined);
    await show(freshCode());
    const receipt = await explain();

    assert.ok(receipt);
    assert.ok(quota.states().some(({ platform }) => platform === 'simulated'));
    assert.equal(notices.team, undefined);
  });
});
