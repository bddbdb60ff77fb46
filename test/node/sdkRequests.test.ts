import assert from 'node:assert/strict';
import { setup, suite, teardown, test } from 'mocha';
import { FakeClock } from '../support/fakeClock.ts';
import { RawServer } from '../support/rawServer.ts';
import { callFor, collect, neverAborted, openTransport, type WireName } from '../support/simulatedTrial.ts';

/** The least that each protocol needs for a whole answer. */
const SMALLEST: Readonly<Record<WireName, string>> = {
  messages: [
    'event: message_start\ndata: {"type":"message_start","message":{"model":"m"}}',
    'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hi"}}',
    'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"}}',
    'event: message_stop\ndata: {"type":"message_stop"}\n\n',
  ].join('\n\n'),
  chat: [
    'data: {"model":"m","choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":null}]}',
    'data: {"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}',
    'data: [DONE]\n\n',
  ].join('\n\n'),
  responses: [
    'event: response.created\ndata: {"type":"response.created","response":{"model":"m"}}',
    'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"hi"}',
    'event: response.completed\ndata: {"type":"response.completed","response":{"model":"m"}}\n\n',
  ].join('\n\n'),
};

suite('requests of the SDK transports', () => {
  let server: RawServer;
  setup(async () => {
    server = await RawServer.start();
  });
  teardown(() => server.dispose());

  const send = async (wire: WireName, path: string, body = SMALLEST[wire]) => {
    server.reply = { headers: { 'content-type': 'text/event-stream' }, body };
    const transport = openTransport(wire, {
      apiKey: 'the-key',
      baseUrl: server.url + path,
      clock: new FakeClock(),
    });
    const collected = await collect(transport.stream(callFor('explain'), neverAborted()));
    transport.dispose();
    return { ...collected, request: server.requests.at(-1) };
  };

  const addresses: readonly [WireName, string, string][] = [
    ['messages', '', '/v1/messages'],
    ['messages', '/', '/v1/messages'],
    ['messages', '/gateway/anthropic', '/gateway/anthropic/v1/messages'],
    ['messages', '/gateway/v1/', '/gateway/v1/messages'],
    ['chat', '/v1', '/v1/chat/completions'],
    ['chat', '/api/v1/', '/api/v1/chat/completions'],
    ['responses', '/v1', '/v1/responses'],
    ['responses', '/team/openai', '/team/openai/responses'],
  ];
  for (const [wire, path, url] of addresses) {
    test(`${wire} below '${path}' asks ${url}`, async () => {
      const { request, error } = await send(wire, path);

      assert.equal(error, undefined);
      assert.equal(request?.url, url);
    });
  }

  test('the smallest whole answer of each protocol is one', async () => {
    for (const wire of ['messages', 'chat', 'responses'] as const) {
      const { events } = await send(wire, '/v1');

      assert.deepEqual(events, [
        { kind: 'start', model: 'm', limits: [] },
        { kind: 'text', text: 'hi' },
        { kind: 'end', stop: 'complete' },
      ]);
    }
  });

  test('a host that leaves out [DONE] after the finish has answered all the same', async () => {
    const { events, error } = await send('chat', '/v1', SMALLEST.chat.replace('data: [DONE]\n\n', ''));

    assert.equal(error, undefined);
    assert.deepEqual(events.at(-1), { kind: 'end', stop: 'complete' });
  });

  test('a host that does not name the model is believed to have used the one that was asked', async () => {
    const { events } = await send('chat', '/v1', SMALLEST.chat.replaceAll('"model":"m",', ''));

    assert.equal(events[0]?.kind === 'start' && events[0].model, 'sim-balanced');
  });

  test('Anthropic gets no sampling parameters, and no empty system prompt', async () => {
    const { request } = await send('messages', '');

    const body: unknown = JSON.parse(request?.body ?? '');
    assert.deepEqual(Object.keys(Object(body)).sort(), [
      'max_tokens',
      'messages',
      'model',
      'stream',
      'system',
    ]);
  });

  test('OpenAI is asked not to keep the answer', async () => {
    const { request } = await send('responses', '/v1');

    assert.match(request?.body ?? '', /"store":false/);
  });

  test('compatible hosts are asked for usage', async () => {
    const { request } = await send('chat', '/v1');

    assert.match(request?.body ?? '', /"stream_options":\{"include_usage":true\}/);
  });

  test("what the environment holds for the vendors' own programs is not sent", async () => {
    const variables = {
      ANTHROPIC_CUSTOM_HEADERS: 'X-Company-Secret: hush\nX-Other: too',
      OPENAI_CUSTOM_HEADERS: 'X-Company-Secret: hush',
      ANTHROPIC_AUTH_TOKEN: 'someone-else',
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:1',
      OPENAI_BASE_URL: 'http://127.0.0.1:1',
      OPENAI_ORG_ID: 'org-of-another',
      OPENAI_PROJECT_ID: 'project-of-another',
    };
    const before = { ...process.env };
    Object.assign(process.env, variables);
    try {
      for (const wire of ['messages', 'chat', 'responses'] as const) {
        const { request, error } = await send(wire, '/v1');

        assert.equal(error, undefined);
        assert.doesNotMatch(JSON.stringify(request?.headers), /hush|too"|someone-else|another/);
        assert.equal(request?.headers.authorization, 'Bearer the-key');
      }
    } finally {
      for (const name of Object.keys(variables)) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    }
  });

  test('an event that cannot be read is not written to the console', async () => {
    const written: unknown[] = [];
    const { console } = globalThis;
    const spy = (...words: unknown[]) => void written.push(words);
    globalThis.console = { ...console, error: spy, warn: spy, log: spy, info: spy, debug: spy };
    try {
      for (const wire of ['messages', 'chat', 'responses'] as const) {
        await send(wire, '/v1', 'event: message_start\ndata: {"secret answer\n\n');
      }
    } finally {
      globalThis.console = console;
    }

    assert.deepEqual(written, []);
  });
});
