import assert from 'node:assert/strict';
import { setup, suite, teardown, test } from 'mocha';
import { SluiceError } from '../../src/base/errors.ts';
import type { ChatPart } from '../../src/flow/conversation.ts';
import type { ChatMessage, ModelCall } from '../../src/flow/transport.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { RawServer } from '../support/rawServer.ts';
import {
  callFor,
  collect,
  neverAborted,
  openTransport,
  SimulatedTrial,
  WIRES,
  type WireName,
} from '../support/simulatedTrial.ts';

const READ_FILE = {
  name: 'read_file',
  description: 'Reads a file.',
  inputSchema: {
    type: 'object',
    properties: { path: { type: 'string' }, lines: { type: 'integer' }, mode: { enum: ['text', 'hex'] } },
    required: ['path', 'lines', 'mode'],
  },
};
const OFFER = { specs: [READ_FILE], mode: 'auto' } as const;

function said(role: 'user' | 'assistant', ...parts: ChatPart[]): ChatMessage {
  return { role, text: '', parts };
}
const words = (text: string): ChatPart => ({ kind: 'text', text });
const picture: ChatPart = { kind: 'image', mime: 'image/png', base64: 'iVBORw0=' };
const call = (id: string): ChatPart => ({
  kind: 'tool-call',
  id,
  name: 'read_file',
  input: { path: 'a.ts' },
});
const result = (id: string, text: string): ChatPart => ({
  kind: 'tool-result',
  id,
  content: [{ kind: 'text', text }],
});

for (const wire of WIRES) {
  suite(`tools over ${wire}`, () => {
    let trial: SimulatedTrial;
    setup(async () => {
      trial = await SimulatedTrial.start(wire);
    });
    teardown(() => trial.dispose());

    const ask = (messages: readonly ChatMessage[], changes: Partial<ModelCall> = {}) =>
      collect(
        trial.transport.stream(callFor('question', { messages, tools: OFFER, ...changes }), neverAborted()),
      );

    test('a call of a tool is read whole, its result is sent, and the answer is about the result', async () => {
      const question = said('user', words('Please use read_file on a.ts.'));

      const first = await ask([question]);
      const called = first.events.find((event) => event.kind === 'tool-call');
      assert.ok(called, String(first.error));
      const { kind: _kind, ...facts } = called;
      const second = await ask([
        question,
        said('assistant', { kind: 'tool-call', ...facts }),
        said('user', result(facts.id, 'the file says 42')),
      ]);

      assert.deepEqual(
        [facts.name, facts.input],
        ['read_file', { path: 'Please use read_file on a.ts.', lines: 1, mode: 'text' }],
      );
      assert.deepEqual(first.events.at(-1), { kind: 'end', stop: 'tool-use' });
      assert.match(second.text, /The tool answered:\s+```\s+the file says 42/);
      assert.deepEqual(second.events.at(-1), { kind: 'end', stop: 'complete' });
    });

    test('nothing is called that is not named, unless a call is required', async () => {
      const messages = [said('user', words('What is a monad?'))];

      const free = await ask(messages);
      const forced = await ask(messages, { tools: { ...OFFER, mode: 'required' } });

      assert.ok(free.text !== '' && free.events.every(({ kind }) => kind !== 'tool-call'));
      assert.ok(
        forced.events.some(({ kind }) => kind === 'tool-call'),
        String(forced.error),
      );
    });

    test('a call with no input at all is one with an empty object', async () => {
      trial.platform.script([{ fault: { kind: 'call-tool', name: 'now' } }]);

      const { events } = await ask([said('user', words('Hi.'))]);

      assert.deepEqual(events.find((event) => event.kind === 'tool-call')?.input, {});
    });
  });
}

suite('what is sent with tools and pictures', () => {
  let server: RawServer;
  setup(async () => {
    server = await RawServer.start();
  });
  teardown(() => server.dispose());

  const send = async (wire: WireName, changes: Partial<ModelCall>, reply = '') => {
    server.reply = { headers: { 'content-type': 'text/event-stream' }, body: reply };
    const transport = openTransport(wire, { apiKey: 'k', baseUrl: server.url, clock: new FakeClock() });
    const collected = await collect(transport.stream(callFor('question', changes), neverAborted()));
    transport.dispose();
    return { ...collected, body: JSON.parse(server.requests.at(-1)?.body ?? '') };
  };
  const talk = [
    said('user', words('Look'), picture),
    said('assistant', words('I read it.'), call('call.1'), call('call.2')),
    said('user', words('And?'), result('call.1', 'one')),
    said('user', result('call.2', 'two')),
  ];

  test('Anthropic gets blocks, all results first in one message, and ids that it takes', async () => {
    const { body } = await send('messages', { messages: talk, tools: OFFER });

    const [first, second, third, ...more] = body.messages;
    assert.deepEqual(more, []);
    assert.deepEqual(first.content, [
      { type: 'text', text: 'Look' },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0=' } },
    ]);
    assert.deepEqual(second.content[1], {
      type: 'tool_use',
      id: 'call_1',
      name: 'read_file',
      input: { path: 'a.ts' },
    });
    assert.deepEqual(
      third.content.map(({ type, tool_use_id: id }: { type: string; tool_use_id?: string }) => id ?? type),
      ['call_1', 'call_2', 'text'],
    );
    assert.deepEqual(body.tools[0].input_schema, READ_FILE.inputSchema);
    assert.equal(body.tool_choice, undefined);
  });

  test('a call is forced where the model bears it, and asked for in words where it does not', async () => {
    const tools = { ...OFFER, mode: 'required' as const };

    const older = await send('messages', { model: 'claude-haiku-4-5', tools });
    const newer = await send('messages', { model: 'claude-sonnet-5-5', tools });

    assert.deepEqual(older.body.tool_choice, { type: 'any' });
    assert.equal(newer.body.tool_choice, undefined);
    assert.match(newer.body.system, /call of one of the tools/);
    for (const wire of ['chat', 'responses'] as const) {
      assert.equal((await send(wire, { tools })).body.tool_choice, 'required');
    }
  });

  test('a talk is kept up to its last message, and the tools with the system prompt by themselves', async () => {
    const prefix = { key: 'sluice-abc', messages: talk.length, kept: true, writesCost: true };

    const anthropic = await send('messages', { messages: talk, tools: OFFER, prefix });
    const openai = await send('responses', { messages: talk, tools: OFFER, prefix });

    const marked = (value: unknown): number => JSON.stringify(value).match(/"cache_control"/g)?.length ?? 0;
    assert.equal(marked(anthropic.body.messages), 1);
    assert.deepEqual(anthropic.body.messages.at(-1).content.at(-1).cache_control, { type: 'ephemeral' });
    assert.equal(marked(anthropic.body.system), 1);
    assert.equal(openai.body.prompt_cache_key, 'sluice-abc');
    assert.equal(JSON.stringify(openai.body.input).match(/prompt_cache_breakpoint/g)?.length, 1);
    assert.ok(openai.body.input.at(-1).content[0].prompt_cache_breakpoint);
  });

  test('Chat Completions gets results as messages of their own, behind the calls that they answer', async () => {
    const { body } = await send('chat', { system: '', messages: talk, tools: OFFER });

    assert.deepEqual(
      body.messages.map(({ role, tool_call_id: id }: { role: string; tool_call_id?: string }) => id ?? role),
      ['user', 'assistant', 'call.1', 'call.2', 'user'],
    );
    assert.deepEqual(body.messages[0].content[1], {
      type: 'image_url',
      image_url: { url: 'data:image/png;base64,iVBORw0=' },
    });
    assert.equal(body.messages[1].tool_calls[0].function.arguments, '{"path":"a.ts"}');
    assert.deepEqual(body.tools[0].function.parameters, READ_FILE.inputSchema);
  });

  test('Responses gets calls and results as items, pictures of a result with it', async () => {
    const seen: ChatPart = {
      kind: 'tool-result',
      id: 'call.1',
      content: [{ kind: 'text', text: 'one' }, { ...picture }],
    };
    const { body } = await send('responses', {
      messages: [...talk.slice(0, 2), said('user', seen)],
      tools: OFFER,
    });

    assert.deepEqual(
      body.input.map(({ type, role }: { type?: string; role?: string }) => type ?? role),
      ['user', 'assistant', 'function_call', 'function_call', 'function_call_output'],
    );
    assert.equal(body.input.at(-1).output[1].image_url, 'data:image/png;base64,iVBORw0=');
    assert.equal(body.tools[0].strict, false);
  });

  test('an input that is no JSON is a fault of the platform, unless the length limit cut it', async () => {
    const stream = (stop: string) =>
      [
        '{"type":"message_start","message":{"model":"m"}}',
        '{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"n","input":{}}}',
        '{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\\"a"}}',
        '{"type":"content_block_stop","index":0}',
        `{"type":"message_delta","delta":{"stop_reason":"${stop}"}}`,
        '{"type":"message_stop"}',
      ]
        .map((data) => `event: ${JSON.parse(data).type}\ndata: ${data}\n\n`)
        .join('');

    const broken = await send('messages', {}, stream('tool_use'));
    const cut = await send('messages', {}, stream('max_tokens'));

    assert.ok(SluiceError.is(broken.error, 'bad-response'));
    assert.equal(cut.error, undefined);
    assert.deepEqual(cut.events.at(-1), { kind: 'end', stop: 'length' });
  });

  test('calls whose pieces come mixed are read apart; a host that says stop after them is understood', async () => {
    const piece = (index: number, more: object) =>
      `data: {"model":"m","choices":[{"index":0,"delta":{"tool_calls":[${JSON.stringify({ index, ...more })}]}}]}\n\n`;
    const body =
      piece(0, { id: 'a', function: { name: 'one', arguments: '{"x"' } }) +
      piece(1, { id: 'b', function: { name: 'two', arguments: '' } }) +
      piece(0, { function: { arguments: ':1}' } }) +
      'data: {"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

    const { events } = await send('chat', {}, body);

    assert.deepEqual(
      events.filter(({ kind }) => kind === 'tool-call'),
      [
        { kind: 'tool-call', id: 'a', name: 'one', input: { x: 1 } },
        { kind: 'tool-call', id: 'b', name: 'two', input: {} },
      ],
    );
    assert.deepEqual(events.at(-1), { kind: 'end', stop: 'tool-use' });
  });
});
