import assert from 'node:assert/strict';
import { setup, suite, teardown, test } from 'mocha';
import { type ErrorCode, SluiceError } from '../../src/base/errors.ts';
import { toSluiceError } from '../../src/node/sdkErrors.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { RawServer } from '../support/rawServer.ts';
import {
  basePath,
  callFor,
  collect,
  neverAborted,
  openTransport,
  type WireName,
} from '../support/simulatedTrial.ts';

/** Shapes of bodies as the platforms' references show them, and as compatible hosts were seen to send them. */
const RECORDED: readonly {
  readonly wire: WireName;
  readonly name: string;
  readonly status: number;
  readonly body: unknown;
  readonly code: ErrorCode;
  readonly facts?: Readonly<Record<string, unknown>>;
}[] = [
  {
    wire: 'messages',
    name: 'Anthropic, prompt too long',
    status: 400,
    body: anthropic('invalid_request_error', 'prompt is too long: 213342 tokens > 200000 maximum'),
    code: 'context-too-long',
    facts: { tokens: 213_342, limitTokens: 200_000 },
  },
  {
    wire: 'messages',
    name: 'Anthropic, prompt and answer together too long',
    status: 400,
    body: anthropic(
      'invalid_request_error',
      'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease either',
    ),
    code: 'context-too-long',
    facts: { tokens: 190_000, limitTokens: 200_000 },
  },
  {
    wire: 'messages',
    name: 'Anthropic, no credit',
    status: 400,
    body: anthropic('invalid_request_error', 'Your credit balance is too low to access the API.'),
    code: 'billing',
  },
  {
    wire: 'messages',
    name: 'Anthropic, own spend limit',
    status: 429,
    body: anthropic('rate_limit_error', 'Limit.', { error_code: 'enforced_spend_limit_reached' }),
    code: 'billing',
  },
  {
    wire: 'messages',
    name: 'Anthropic, ramping up too fast',
    status: 429,
    body: anthropic('rate_limit_error', 'Slower.', { error_code: 'ramp_limit_exceeded' }),
    code: 'rate-limited',
  },
  {
    wire: 'messages',
    name: 'Anthropic, wrong key',
    status: 401,
    body: anthropic('authentication_error', 'invalid x-api-key'),
    code: 'invalid-key',
  },
  {
    wire: 'chat',
    name: 'OpenAI, context length exceeded',
    status: 400,
    body: openai(
      'invalid_request_error',
      'context_length_exceeded',
      "This model's maximum context length is 8192 tokens. However, your messages resulted in 10045 tokens.",
    ),
    code: 'context-too-long',
    facts: { tokens: 10_045, limitTokens: 8_192 },
  },
  {
    wire: 'responses',
    name: 'OpenAI, input over the configured limit',
    status: 400,
    body: openai(
      'invalid_request_error',
      'context_length_exceeded',
      'Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 300000 tokens.',
    ),
    code: 'context-too-long',
    facts: { tokens: 300_000, limitTokens: 272_000 },
  },
  {
    wire: 'responses',
    name: 'OpenAI, quota used up',
    status: 429,
    body: openai('insufficient_quota', 'insufficient_quota', 'You exceeded your current quota.'),
    code: 'billing',
  },
  {
    wire: 'responses',
    name: 'OpenAI, wrong key',
    status: 401,
    body: openai('invalid_request_error', 'invalid_api_key', 'Incorrect API key provided: sk-ab***yz.'),
    code: 'invalid-key',
  },
  {
    wire: 'responses',
    name: 'OpenAI, parameter not supported',
    status: 400,
    body: {
      error: {
        ...openai('invalid_request_error', 'unsupported_parameter', 'No.').error,
        param: 'max_tokens',
      },
    },
    code: 'bad-request',
    facts: { detail: 'status 400 invalid_request_error unsupported_parameter max_tokens' },
  },
  {
    wire: 'responses',
    name: 'OpenAI, refused by its policy',
    status: 400,
    body: openai('invalid_request_error', 'content_policy_violation', 'No.'),
    code: 'refused',
  },
  {
    wire: 'chat',
    name: 'a compatible host, model unknown in words',
    status: 400,
    body: { error: { message: 'foo/bar is not a valid model ID', code: 400 } },
    code: 'model-not-found',
  },
  {
    wire: 'chat',
    name: 'a compatible host, no credit',
    status: 402,
    body: { error: { message: 'Insufficient credits', code: 402 } },
    code: 'billing',
  },
  {
    wire: 'chat',
    name: 'a compatible host, error as a bare string',
    status: 400,
    body: { error: 'something about the prompt' },
    code: 'bad-request',
    facts: { detail: 'status 400' },
  },
  {
    wire: 'chat',
    name: 'a compatible host, error as a list',
    status: 500,
    body: ['boom'],
    code: 'server-error',
  },
  { wire: 'chat', name: 'a compatible host, error as nothing', status: 503, body: null, code: 'overloaded' },
  { wire: 'messages', name: 'unprocessable', status: 422, body: { detail: [] }, code: 'bad-request' },
];

function anthropic(type: string, message: string, details?: unknown) {
  return {
    type: 'error',
    error: { type, message, ...(details === undefined ? {} : { details }) },
    request_id: 'req_1',
  };
}

function openai(type: string, code: string, message: string) {
  return { error: { message, type, code, param: null } };
}

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
    const context = { platform: 'p', model: 'm', timeoutMs: 1, nowMs: 0, streaming: false };
    const bugs = [new TypeError('x is not a function'), new RangeError('no'), 'a string', undefined];
    const badArgument = Object.assign(new TypeError('bad'), { code: 'ERR_INVALID_ARG_TYPE' });

    for (const bug of [...bugs, badArgument]) assert.equal(toSluiceError(bug, context), bug);
  });

  test('a failure of the system is told by its code, however deep it lies', () => {
    const context = { platform: 'p', model: 'm', timeoutMs: 9, nowMs: 0, streaming: false };
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
