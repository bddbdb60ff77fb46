import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { suite, suiteSetup, suiteTeardown, test } from 'mocha';
import { systemClock } from '../../src/base/clock.ts';
import { seededRandom } from '../../src/base/random.ts';
import type { RedisTrouble } from '../../src/node/redisConnection.ts';
import { RedisLevels } from '../../src/node/redisLevels.ts';
import { ask, take } from '../quota/storeLaws.ts';
import { selfSigned } from '../support/certificate.ts';
import { freePort, type RedisServer, startRedis } from '../support/redisServer.ts';
import { until } from '../support/until.ts';

const DAY_MS = 86_400_000;

suite('Redis over TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-'));
  const { key, cert } = selfSigned('localhost', Date.now() - DAY_MS, Date.now() + DAY_MS);
  const trusted = getCACertificates('default');
  let server: RedisServer;
  let url = '';
  suiteSetup(async () => {
    const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    writeFileSync(keyFile, key);
    writeFileSync(certFile, cert);
    const port = await freePort();
    url = `rediss://localhost:${port}`;
    const files = ['--tls-key-file', keyFile, '--tls-cert-file', certFile, '--tls-ca-cert-file', certFile];
    server = await startRedis('--tls-port', `${port}`, '--tls-auth-clients', 'no', ...files);
  });
  suiteTeardown(async () => {
    setDefaultCACertificates(trusted);
    rmSync(folder, { recursive: true, force: true });
    await server.stop();
  });

  async function open() {
    const states: (RedisTrouble | undefined)[] = [];
    const store = await RedisLevels.open({
      address: { url },
      prefix: 'tls',
      clock: systemClock,
      random: seededRandom(1),
      holder: 'us',
      answerWithinMs: 5_000,
      onState: (trouble) => states.push(trouble),
    });
    return { store, states };
  }

  test('a certificate that nobody vouches for is refused; one that is trusted is not', async () => {
    const stranger = await open();
    const refused = [...stranger.states];
    stranger.store.dispose();

    setDefaultCACertificates([...trusted, cert]);
    const friend = await open();
    await until({ what: 'the first look', timeoutMs: 5_000 }, () => friend.states.at(-1) === undefined);
    const { ok } = await take(friend.store, 'p', ask('a', 0, 1));
    const before = friend.store.book('p')?.held.length;
    friend.store.dispose();

    assert.deepEqual([refused, ok, before], [['unreachable'], true, 1]);
  });
});
