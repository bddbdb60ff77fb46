import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { SluiceError } from '../../src/base/errors.ts';
import { silentLog } from '../../src/base/log.ts';
import { LimitRefresh } from '../../src/flow/limitRefresh.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { FakeTransport } from '../support/fakeTransport.ts';
import { buildSpine } from '../support/spine.ts';

function refreshing(fails = false) {
  const clock = new FakeClock();
  let asked = 0;
  const transport = Object.assign(new FakeTransport(clock), {
    readLimits: async () => {
      asked += 1;
      if (fails) throw new SluiceError('network', { platform: 'test', cause: 'ECONNREFUSED' });
      return [{ unit: 'usd', limit: 10, remaining: 4, refill: 'never', atMs: clock.now() }] as const;
    },
  });
  const { platforms, quota } = buildSpine({ clock, transport });
  const refresh = new LimitRefresh({ platforms, quota, clock, log: silentLog });
  return { refresh, quota, clock, asked: () => asked };
}

suite('limit refresh', () => {
  test('what the platform says is read, at most once a minute', async () => {
    const { refresh, quota, clock, asked } = refreshing();

    await refresh.after('test');
    clock.advance(59_999);
    await refresh.after('test');
    const early = asked();
    clock.advance(1);
    await refresh.after('test');

    assert.deepEqual([early, asked()], [1, 2]);
    assert.deepEqual([quota.states()[0]?.unit, quota.states()[0]?.level], ['usd', 4]);
  });

  test('a platform that cannot be asked, or is gone, changes nothing and fails nobody', async () => {
    const failing = refreshing(true);

    await failing.refresh.after('test');
    await failing.refresh.after('no such platform');

    assert.deepEqual(failing.quota.states(), []);
  });
});
