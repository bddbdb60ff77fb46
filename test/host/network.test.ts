/** The way out of the editor: a proxy that VS Code is told about is used, and is left alone where it must not be. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import * as vscode from 'vscode';
import { systemClock } from '../../src/base/clock.ts';
import { SluiceError } from '../../src/base/errors.ts';
import { silentLog } from '../../src/base/log.ts';
import { type SimulatedPlatform, startSimulatedPlatform } from '../../src/node/simulatedPlatform.ts';
import { catalogueOf } from '../../src/routing/catalogueData.ts';
import { selfSigned } from '../support/certificate.ts';
import { ForwardProxy } from '../support/forwardProxy.ts';
import { eventually, explain, freshCode, handle, platformKind, show } from './hostSupport.ts';

const never = new AbortController().signal;
/** A name that leads nowhere: only the proxy knows a way (RFC 6761). */
const NOWHERE = 'models.sluice.invalid';
const HOUR_MS = 3_600_000;
/** Connections of the editor's own pool are closed after four idle seconds: ours must be gone before. */
const BEFORE_IDLE_MS = 2_500;
const http = (key: string, value: unknown) =>
  vscode.workspace.getConfiguration('http').update(key, value, vscode.ConfigurationTarget.Global);
const sluice = (key: string, value: unknown) =>
  vscode.workspace.getConfiguration('sluice').update(key, value, vscode.ConfigurationTarget.Global);

suite('the way out of the editor', () => {
  let server: SimulatedPlatform;
  let proxy: ForwardProxy;

  setup(async () => {
    const models = [...catalogueOf('anthropic'), ...catalogueOf('groq')];
    const options = { seed: 1, clock: systemClock, log: silentLog, latencyScale: 0, models };
    server = await startSimulatedPlatform(options);
    proxy = await ForwardProxy.start(Number(new URL(server.url).port));
  });

  teardown(async () => {
    const { connections } = await handle();
    for (const { id } of connections.accounts) await connections.remove(id);
    for (const key of ['proxy', 'proxySupport', 'noProxy']) await http(key, undefined);
    await sluice('anthropic.baseUrl', undefined);
    proxy.dispose();
    server.dispose();
  });

  const connectGroq = async (host: string) => {
    const { connections } = await handle();
    const kind = { ...platformKind('groq'), baseUrl: `http://${host}/v1` };
    return connections.connect({ kind, key: server.token }, never);
  };

  for (const support of ['override', 'on', 'fallback']) {
    test(`http.proxy is used with http.proxySupport “${support}”, by both SDKs`, async () => {
      await http('proxySupport', support);
      await http('proxy', proxy.url);
      await sluice('anthropic.baseUrl', `http://${NOWHERE}`);
      const { connections } = await handle();

      const groq = await connectGroq(NOWHERE);
      await connections.remove(groq.id);
      await connections.connect({ kind: platformKind('anthropic'), key: server.token }, never);
      await show(freshCode());
      const receipt = await explain();

      assert.ok(groq.trial.streams && groq.trial.usage);
      assert.deepEqual([receipt?.platform, receipt?.stop], ['anthropic', 'complete']);
      assert.ok(proxy.asked.length > 0);
      assert.deepEqual(new Set(proxy.asked.map((asked) => asked.replace(/:80$/, ''))), new Set([NOWHERE]));
    });
  }

  test('with http.proxySupport “off” the proxy is left alone', async () => {
    await http('proxySupport', 'off');
    await http('proxy', proxy.url);

    await assert.rejects(connectGroq(NOWHERE), (error) => SluiceError.is(error, 'network'));

    assert.deepEqual(proxy.asked, []);
  });

  test('what runs on this machine is never asked for through the proxy', async () => {
    await http('proxy', proxy.url);

    const { trial } = await connectGroq(new URL(server.url).host);

    assert.ok(trial.streams);
    assert.deepEqual(proxy.asked, []);
  });

  test('connections to this machine are kept for the next request, and closed with their platform', async () => {
    const { connections } = await handle();
    await connectGroq(new URL(server.url).host);
    for (let round = 0; round < 3; round += 1) {
      await show(freshCode());
      await explain();
    }
    const kept = await server.connections();

    await connections.remove('groq');

    assert.equal(kept, 1);
    let open = kept;
    await eventually(
      'the connection is closed',
      () => {
        void server.connections().then((now) => {
          open = now;
        });
        return open === 0;
      },
      BEFORE_IDLE_MS,
    );
  });

  test('a server whose certificate nobody vouches for is sent nothing, and the reason is told', async () => {
    const nowMs = systemClock.now();
    let requests = 0;
    const identity = selfSigned('127.0.0.1', nowMs - HOUR_MS, nowMs + HOUR_MS);
    const secure = createServer(identity, () => {
      requests += 1;
    });
    secure.listen(0, '127.0.0.1');
    await once(secure, 'listening');
    const address = secure.address();
    assert.ok(typeof address === 'object' && address !== null);
    const kind = { ...platformKind('groq'), baseUrl: `https://127.0.0.1:${address.port}/v1` };
    const { connections } = await handle();

    const connecting = connections.connect({ kind, key: 'key' }, never);

    await assert.rejects(
      connecting,
      (error) => SluiceError.is(error, 'network') && error.facts.cause === 'DEPTH_ZERO_SELF_SIGNED_CERT',
    );
    secure.close();
    assert.deepEqual([requests, connections.accounts], [0, []]);
  });
});
