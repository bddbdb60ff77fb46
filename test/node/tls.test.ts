import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import { suite, teardown, test } from 'mocha';
import { systemClock } from '../../src/base/clock.ts';
import { SluiceError } from '../../src/base/errors.ts';
import { selfSigned } from '../support/certificate.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { basePath, callFor, collect, neverAborted, openTransport, WIRES } from '../support/simulatedTrial.ts';

const HOUR = 3_600_000;

suite('a platform whose certificate is not trusted', () => {
  let server: Server;
  let requests = 0;

  teardown(() => {
    server.closeAllConnections();
    server.close();
  });

  const serve = async (name: string, fromMs: number, untilMs: number): Promise<string> => {
    requests = 0;
    server = createServer(selfSigned(name, fromMs, untilMs), (_, response) => {
      requests += 1;
      response.end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    return `https://127.0.0.1:${address.port}`;
  };

  for (const wire of WIRES) {
    test(`over ${wire}: nothing is sent, and the cause says that it is the certificate`, async () => {
      const nowMs = systemClock.now();
      const url = await serve('127.0.0.1', nowMs - HOUR, nowMs + HOUR);
      const deps = { apiKey: 'key', baseUrl: `${url}${basePath(wire)}`, clock: new FakeClock() };
      const transport = openTransport(wire, deps);

      const { error } = await collect(transport.stream(callFor('explain'), neverAborted()));
      transport.dispose();

      assert.ok(SluiceError.is(error, 'network'), String(error));
      assert.equal(error.facts.cause, 'DEPTH_ZERO_SELF_SIGNED_CERT');
      assert.equal(requests, 0);
    });
  }
});
