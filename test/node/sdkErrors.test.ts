import assert from 'node:assert/strict';
import { setup, suite, teardown, test } from 'mocha';
import { SluiceError } from '../../src/base/errors.ts';
import { toSluiceError } from '../../src/node/sdkErrors.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { RawServer } from '../support/rawServer.ts';
import { anthropic, RECORDED } from '../support/recordedErrors.ts';
import {
  basePath,
  callFor,
  collect,
  neverAborted,
  openTransport,
  type WireName,
} from '../support/simulatedTrial.ts';

suite('errors of the SDKs', () => {
  let server: RawServer;
  setup(async () => {
    server = await RawServer.start();
  });
  teardown(() => server.dispose());

  const fail = async (wire: WireName, reply: RawServer['reply']): Promise<unknown> => {
    server.reply = reply;
    const baseUrl = `${server.url}${basePath(wire)}`;
    const transport = openTransport(wire, { apiKey: 'key', baseUrl, clock: new FakeClock() });
    const { error } = await collect(
      transport.stream(callFor('explain', { model: 'some-model' }), neverAborted()),
    );
    transport.dispose();
    return error;
  };
  const json = { 'content-type': 'application/json' };

  for (const { wire, name, status, body, code, facts } of RECORDED) {
    test(`${name}: ${code}`, async () => {
      const error = await fail(wire, { status, headers: json, body: JSON.stringify(body) });

      assert.ok(SluiceError.is(error, code), String(error));
      const known =
        code === 'model-not-found' ? { model: 'some-model' } : code === 'server-error' ? { status } : {};
      if (facts !== undefined || code !== 'bad-request') {
        assert.deepEqual(error.facts, { platform: 'trial', ...known, ...facts });
      }
    });
  }

  test('a date says how long to wait as well as a number does', async () => {
    const reply = { status: 429, body: JSON.stringify(anthropic('rate_limit_error', 'Limit.')) };
    const date = new Date(new FakeClock().now() + 90_000).toUTCString();
    const headers = { ...json, 'retry-after': date, date: new Date(new FakeClock().now()).toUTCString() };

    const error = await fail('messages', { ...reply, headers });

    assert.ok(SluiceError.is(error, 'rate-limited'));
    assert.equal(error.facts.retryAfterMs, 90_000);
  });

  test('an error that comes with status 200 is a bad response', async () => {
    const error = await fail('chat', { headers: json, body: '{"error":{"message":"no"}}' });

    assert.ok(SluiceError.is(error, 'bad-response'));
    assert.equal(error.facts.detail, 'content-type application/json');
  });

  test('a status that a host puts into an event counts like a status', async () => {
    const body = `data: {"model":"m","choices":[]}\n\ndata: {"error":{"message":"busy","code":503}}\n\n`;

    const error = await fail('chat', { headers: { 'content-type': 'text/event-stream' }, body });

    assert.ok(SluiceError.is(error, 'overloaded'), String(error));
  });

  test('events before the first one that the protocol allows are a bad response', async () => {
    const body = 'event: message_stop\ndata: {"type":"message_stop"}\n\n';

    const error = await fail('messages', { headers: { 'content-type': 'text/event-stream' }, body });

    assert.ok(SluiceError.is(error, 'bad-response'), String(error));
  });

  test('events that do not name themselves are read where the protocol allows it, and are a bad response elsewhere', async () => {
    const headers = { 'content-type': 'text/event-stream' };
    const bodies = {
      messages: ['{"type":"message_start","message":{"model":"m"}}', '{"type":"message_stop"}'],
      chat: ['{"model":"m","choices":[{"delta":{"content":"yes"},"finish_reason":"stop"}]}', '[DONE]'],
      responses: [
        '{"type":"response.output_text.delta","delta":"yes"}',
        '{"type":"response.completed","response":{"model":"m"}}',
      ],
    };
    // Comments, as OpenRouter sends them while it waits, and the line ends of another system.
    const body = (wire: WireName) =>
      bodies[wire].map((data) => `: WAITING\r\n\r\ndata: ${data}\r\n\r\n`).join('');

    const [messages, chat, responses] = [
      await fail('messages', { headers, body: body('messages') }),
      await fail('chat', { headers, body: body('chat') }),
      await fail('responses', { headers, body: body('responses') }),
    ];

    assert.ok(SluiceError.is(messages, 'bad-response'), String(messages));
    assert.deepEqual([chat, responses], [undefined, undefined]);
  });

  test('a proxy that wants a login first is told as one', () => {
    const context = { platform: 'p', model: 'm', silentMs: 9, nowMs: 0, streaming: false };
    const refused = Object.assign(new Error('Proxy response (407) !== 200 when HTTP Tunneling'), {
      code: 'UND_ERR_ABORTED',
    });

    const error = toSluiceError(new TypeError('fetch failed', { cause: refused }), context);

    assert.ok(SluiceError.is(error, 'network'));
    assert.equal(error.facts.cause, 'UND_ERR_ABORTED');
  });

  test('a model list that is none is a bad response', async () => {
    const bodies = ['<html></html>', '', '[]', '{"data":[{"name":"x"}]}', '{"data":'];
    for (const wire of ['messages', 'chat'] as const) {
      for (const body of bodies) {
        server.reply = { headers: json, body };
        const baseUrl = `${server.url}${basePath(wire)}`;
        const transport = openTransport(wire, { apiKey: 'key', baseUrl, clock: new FakeClock() });

        await assert.rejects(
          transport.check(neverAborted()),
          (error) => SluiceError.is(error, 'bad-response'),
          body,
        );
        transport.dispose();
      }
    }
  });

  test('what is no failure of a platform stays what it is: a bug', () => {
    const context = { platform: 'p', model: 'm', silentMs: 1, nowMs: 0, streaming: false };
    const bugs = [new TypeError('x is not a function'), new RangeError('no'), 'a string', undefined];
    const badArgument = Object.assign(new TypeError('bad'), { code: 'ERR_INVALID_ARG_TYPE' });

    for (const bug of [...bugs, badArgument]) assert.equal(toSluiceError(bug, context), bug);
  });

  test('a failure of the system is told by its code, however deep it lies', () => {
    const context = { platform: 'p', model: 'm', silentMs: 9, nowMs: 0, streaming: false };
    const wrap = (code: string) =>
      new Error('Connection error.', {
        cause: new TypeError('fetch failed', {
          cause: new AggregateError([Object.assign(new Error('refused'), { code })]),
        }),
      });

    for (const code of ['ENOTFOUND', 'ECONNRESET', 'CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT']) {
      const error = toSluiceError(wrap(code), context);
      assert.ok(SluiceError.is(error, 'network'));
      assert.equal(error.facts.cause, code);
    }
    assert.ok(SluiceError.is(toSluiceError(wrap('UND_ERR_CONNECT_TIMEOUT'), context), 'timeout'));
    assert.ok(
      SluiceError.is(toSluiceError(wrap('ECONNRESET'), { ...context, streaming: true }), 'cut-stream'),
    );
  });
});
