import assert from 'node:assert/strict';
import { setup, suite, teardown, test } from 'mocha';
import { SluiceError } from '../../src/base/errors.ts';
import type { ModelCall } from '../../src/flow/transport.ts';
import { OpenaiTransport } from '../../src/node/openaiTransport.ts';
import { limitEndpointOf } from '../../src/quota/quotaReplies.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { RawServer } from '../support/rawServer.ts';
import {
  callFor,
  collect,
  failureOf,
  neverAborted,
  openTransport,
  TIMEOUT_MS,
  type WireName,
} from '../support/simulatedTrial.ts';

const REPLIES: Readonly<Record<WireName, string>> = {
  messages: [
    'event: message_start\ndata: {"type":"message_start","message":{"model":"m","usage":{"input_tokens":5,"output_tokens":1,"cache_creation_input_tokens":900,"cache_creation":{"ephemeral_5m_input_tokens":400,"ephemeral_1h_input_tokens":500},"service_tier":"standard","inference_geo":"us"}}}',
    'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hi"}}',
    'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":7}}',
    'event: message_stop\ndata: {"type":"message_stop"}\n\n',
  ].join('\n\n'),
  chat: [
    'data: {"model":"m","service_tier":"flex","choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":"stop"}]}',
    'data: {"model":"m","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":7,"cost":0.25}}',
    'data: [DONE]\n\n',
  ].join('\n\n'),
  responses: [
    'event: response.created\ndata: {"type":"response.created","response":{"model":"m"}}',
    'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"hi"}',
    'event: response.completed\ndata: {"type":"response.completed","response":{"model":"m","service_tier":"priority","usage":{"input_tokens":9,"output_tokens":7}}}\n\n',
  ].join('\n\n'),
};

const PREFIX = { key: 'sluice-abc', messages: 0, kept: true, writesCost: true };

suite('prompt caching on the wire', () => {
  let server: RawServer;
  setup(async () => {
    server = await RawServer.start();
  });
  teardown(() => server.dispose());

  const send = async (wire: WireName, changes: Partial<ModelCall> = {}) => {
    server.reply = { headers: { 'content-type': 'text/event-stream' }, body: REPLIES[wire] };
    const transport = openTransport(wire, { apiKey: 'k', baseUrl: server.url, clock: new FakeClock() });
    const { events, error } = await collect(transport.stream(callFor('explain', changes), neverAborted()));
    transport.dispose();
    assert.equal(error, undefined);
    return { events, body: JSON.parse(server.requests.at(-1)?.body ?? '') };
  };
  const usageOf = async (wire: WireName) => {
    const { events } = await send(wire);
    return events.findLast((event) => event.kind === 'usage')?.usage;
  };

  test('Anthropic is asked to keep the system prompt, which comes first, where it is long enough', async () => {
    const { body } = await send('messages', { system: 'rules', prefix: PREFIX });
    const short = await send('messages', { system: 'rules', prefix: { ...PREFIX, kept: false } });
    const empty = await send('messages', { system: '', prefix: PREFIX });

    assert.deepEqual(body.system, [{ type: 'text', text: 'rules', cache_control: { type: 'ephemeral' } }]);
    assert.equal(short.body.system, 'rules');
    assert.doesNotMatch(JSON.stringify(empty.body), /cache_control/);
  });

  test('with messages in the prefix there is one breakpoint, after the last of them', async () => {
    const messages = [
      { role: 'user', text: 'project' },
      { role: 'assistant', text: 'seen' },
      { role: 'user', text: 'question' },
    ] as const;
    const prefix = { ...PREFIX, messages: 1 };
    const claude = await send('messages', { messages, prefix });
    const openai = await send('responses', { messages, prefix });
    const beyond = await send('messages', { messages, prefix: { ...PREFIX, messages: 9 } });

    assert.deepEqual(claude.body.messages[0].content, [
      { type: 'text', text: 'project', cache_control: { type: 'ephemeral' } },
    ]);
    assert.deepEqual(
      [claude.body.messages[1].content, claude.body.messages[2].content],
      ['seen', 'question'],
    );
    assert.equal(typeof claude.body.system, 'string');
    assert.deepEqual(openai.body.input[0].content, [
      { type: 'input_text', text: 'project', prompt_cache_breakpoint: { mode: 'explicit' } },
    ]);
    assert.equal(typeof openai.body.instructions, 'string');
    assert.ok(Array.isArray(beyond.body.messages[2].content));
  });

  test('OpenAI gets the name of the prefix; where it charges for writing only the prefix is kept', async () => {
    const kept = await send('responses', { system: 'rules', prefix: PREFIX });
    const short = await send('responses', { system: 'rules', prefix: { ...PREFIX, kept: false } });
    const free = await send('responses', { system: 'rules', prefix: { ...PREFIX, writesCost: false } });
    const none = await send('responses', { system: 'rules' });

    assert.equal(kept.body.prompt_cache_key, 'sluice-abc');
    assert.deepEqual(kept.body.prompt_cache_options, { mode: 'explicit' });
    assert.equal(kept.body.instructions, undefined);
    assert.deepEqual(kept.body.input[0], {
      role: 'developer',
      content: [{ type: 'input_text', text: 'rules', prompt_cache_breakpoint: { mode: 'explicit' } }],
    });
    assert.deepEqual(short.body.prompt_cache_options, { mode: 'explicit' });
    assert.deepEqual([short.body.instructions, short.body.input.length], ['rules', 1]);
    assert.deepEqual(
      [free.body.prompt_cache_key, free.body.prompt_cache_options, free.body.instructions],
      ['sluice-abc', undefined, 'rules'],
    );
    assert.deepEqual([none.body.prompt_cache_key, none.body.prompt_cache_options], [undefined, undefined]);
  });

  test('a compatible host gets nothing that it may not know', async () => {
    const { body } = await send('chat', { prefix: PREFIX });

    assert.doesNotMatch(JSON.stringify(body), /cache/);
  });

  test('terms, long writes and charges are told with the usage', async () => {
    const claude = await usageOf('messages');
    const chat = await usageOf('chat');
    const responses = await usageOf('responses');

    assert.deepEqual(
      [claude?.cacheWrite, claude?.cacheWriteLong, claude?.terms, claude?.output],
      [900, 500, ['us'], 7],
    );
    assert.deepEqual([chat?.chargedUsd, chat?.terms], [0.25, ['flex']]);
    assert.deepEqual(responses?.terms, ['priority']);
  });
});

suite('asking for limits', () => {
  let server: RawServer;
  setup(async () => {
    server = await RawServer.start();
  });
  teardown(() => server.dispose());

  const ask = async (kind: string, path: string, body: string, status = 200) => {
    server.reply = { status, headers: { 'content-type': 'application/json' }, body };
    const limits = limitEndpointOf(kind);
    const transport = new OpenaiTransport({
      platform: kind,
      apiKey: 'the-key',
      baseUrl: server.url + path,
      api: 'chat',
      timeoutMs: TIMEOUT_MS,
      clock: new FakeClock(),
      ...(limits === undefined ? {} : { limits }),
    });
    try {
      return await transport.readLimits(neverAborted());
    } finally {
      transport.dispose();
    }
  };

  test('Synthetic and OpenRouter are asked where their calls go, with the key of the account', async () => {
    const synthetic = await ask(
      'synthetic',
      '/openai/v1',
      '{"rollingFiveHourLimit":{"max":10,"remaining":4}}',
    );
    const syntheticRequest = server.requests.at(-1);
    const openrouter = await ask('openrouter', '/api/v1/', '{"data":{"limit":10,"limit_remaining":4}}');
    const openrouterRequest = server.requests.at(-1);

    assert.deepEqual([synthetic[0]?.unit, synthetic[0]?.remaining], ['requests', 4]);
    assert.deepEqual([openrouter[0]?.unit, openrouter[0]?.remaining], ['usd', 4]);
    assert.equal(syntheticRequest?.url, '/v2/quotas');
    assert.equal(openrouterRequest?.url, '/api/v1/key');
    assert.equal(syntheticRequest?.headers.authorization, 'Bearer the-key');
  });

  test('a platform that cannot be asked is not asked', async () => {
    assert.deepEqual(await ask('groq', '/openai/v1', '{}'), []);
    assert.equal(server.requests.length, 0);
  });

  test('a wrong key, a page and an empty answer are told as such', async () => {
    const code = async (body: string, status = 200) => {
      const failure = await failureOf(ask('openrouter', '/api/v1', body, status));
      return SluiceError.any(failure) ? failure.code : failure;
    };

    assert.equal(await code('{"error":{"message":"no","code":401}}', 401), 'invalid-key');
    assert.equal(await code('<html></html>'), 'bad-response');
    assert.equal(await code(''), 'bad-response');
    assert.deepEqual(await ask('openrouter', '/api/v1', '[]'), []);
  });
});
