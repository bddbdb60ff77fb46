import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { SluiceError } from '../../src/base/errors.ts';
import { STRATEGIES } from '../../src/cache/strategies.ts';
import {
  askedIn,
  type ChatPart,
  type Conversation,
  cacheableFacts,
  conversationTokens,
  type ImagePart,
  type TextPart,
  talkKey,
} from '../../src/flow/conversation.ts';
import type { RouteRequest } from '../../src/flow/request.ts';
import { helperIn } from '../../src/flow/vscodeHelpers.ts';
import { TokenEstimator } from '../../src/prompt/tokenEstimator.ts';
import type { Reason } from '../../src/routing/decision.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { FakeTransport } from '../support/fakeTransport.ts';
import { buildSpine, FAST, request, STRONG } from '../support/spine.ts';

const never = () => new AbortController().signal;
const quiet = () => undefined;
const words = (text: string): TextPart => ({ kind: 'text', text });
const TOOL = { name: 'read_file', description: 'Reads.', inputSchema: { type: 'object', properties: {} } };
const PICTURE: ImagePart = { kind: 'image', mime: 'image/png', base64: 'AAAA' };

function talk(changes: Partial<Conversation> = {}): Conversation {
  return {
    system: ['You help.'],
    messages: [{ role: 'user', parts: [words('What is this?')] }],
    tools: [],
    toolMode: 'auto',
    ...changes,
  };
}

function asking(conversation: Conversation, changes: Partial<RouteRequest> = {}): RouteRequest {
  const { code: _code, ...rest } = request({ task: 'question', conversation, ...changes });
  return rest;
}

function kinds(reasons: readonly Reason[]): string[] {
  return reasons.map(({ kind }) => kind);
}

suite('a talk of another program through the pipeline', () => {
  test('goes to the model as it is, and its calls of tools come back', async () => {
    const clock = new FakeClock();
    const call = { id: 'c1', name: 'read_file', input: { path: 'a' } };
    const transport = new FakeTransport(clock, [{ texts: [], toolCalls: [call], stop: 'tool-use' }]);
    const { pipeline } = buildSpine({ clock, transport, models: [{ ...FAST, tools: true }] });
    const heard: string[] = [];

    const answer = await pipeline.run(
      asking(talk({ tools: [TOOL] })),
      ({ kind }) => heard.push(kind),
      never(),
    );

    const [sent] = transport.calls;
    assert.deepEqual(sent?.messages, [
      { role: 'user', text: 'What is this?', parts: [words('What is this?')] },
    ]);
    assert.deepEqual([sent?.system, sent?.tools?.specs], ['You help.', [TOOL]]);
    assert.deepEqual(
      [answer.toolCalls, answer.receipt.stop, heard],
      [[call], 'tool-use', ['routed', 'tool-call']],
    );
  });

  test('is cached by its whole content when it has neither tools nor pictures nor a temperature', async () => {
    const clock = new FakeClock();
    const transport = new FakeTransport(clock);
    const { pipeline } = buildSpine({ clock, transport, models: [{ ...FAST, tools: true, images: true }] });
    const run = async (conversation: Conversation) =>
      (await pipeline.run(asking(conversation), quiet, never())).receipt.cache;
    const other = talk({ system: ['You help', '.'] });

    assert.deepEqual([await run(talk()), await run(talk()), await run(other)], ['none', 'memory', 'none']);
    const once = [
      talk({ tools: [TOOL] }),
      talk({ tuned: true }),
      talk({ messages: [{ role: 'user', parts: [words('x'), PICTURE] }] }),
    ];
    for (const conversation of once) {
      assert.equal(STRATEGIES.answers.cacheable(cacheableFacts(conversation)), false);
      assert.deepEqual([await run(conversation), await run(conversation)], ['none', 'none']);
    }
  });

  test('stays with the model whose prompt cache holds it, until that is cold', async () => {
    const clock = new FakeClock();
    const usage = { input: 10, output: 5, cacheRead: 0, cacheWrite: 9_000 };
    const transport = new FakeTransport(clock, [{ usage }]);
    const models = [
      { ...FAST, tools: true, minCacheTokens: 100, cacheTtlMs: 300_000 },
      { ...STRONG, tools: true, minCacheTokens: 100, cacheTtlMs: 300_000 },
    ];
    const { pipeline } = buildSpine({ clock, transport, models });
    const long = words(`Look at this. ${'word '.repeat(4_000)}`);
    const first = talk({ tools: [TOOL], messages: [{ role: 'user', parts: [long] }] });
    const goesOn = {
      ...first,
      messages: [...first.messages, { role: 'user' as const, parts: [words('And now?')] }],
    };
    const run = async (conversation: Conversation, model?: string) =>
      (await pipeline.run(asking(conversation, model === undefined ? {} : { model }), quiet, never())).receipt
        .decision;

    await run(first, 'test/strong');
    const kept = await run(goesOn);
    clock.advance(300_001);
    const cold = await run(goesOn);

    assert.equal(kept.chosen.modelKey, 'test/strong');
    assert.ok(kinds(kept.reasons).includes('kept-warm'));
    assert.ok(!kinds(cold.reasons).includes('kept-warm'));
    assert.equal(talkKey(first), talkKey(goesOn));
    const prefix = transport.calls.at(-1)?.prefix;
    assert.deepEqual([prefix?.kept, prefix?.messages], [true, 2]);
  });

  test('a talk that will not go on is not kept at the platform: writing there costs more than reading saves', async () => {
    const clock = new FakeClock();
    const transport = new FakeTransport(clock);
    const { pipeline } = buildSpine({ clock, transport, models: [{ ...FAST, minCacheTokens: 1 }] });

    await pipeline.run(asking(talk()), quiet, never());

    assert.equal(transport.calls[0]?.prefix?.kept, false);
  });

  test('goes only to models that can take it; what is unknown is asked for tools when nothing better is there', async () => {
    const clock = new FakeClock();
    const decide = (models: Parameters<typeof buildSpine>[0]['models'], conversation: Conversation) =>
      buildSpine({
        clock,
        transport: new FakeTransport(clock),
        ...(models ? { models } : {}),
      }).pipeline.preview(asking(conversation)).decision;
    const tools = talk({ tools: [TOOL] });
    const picture = talk({ messages: [{ role: 'user', parts: [PICTURE] }] });

    const able = decide([FAST, { ...STRONG, tools: true }], tools);
    assert.equal(able.chosen.modelKey, 'test/strong');
    assert.deepEqual(
      able.reasons.find(({ kind }) => kind === 'skipped-cannot'),
      { kind: 'skipped-cannot', model: 'Fast', lacks: 'tools', sure: false },
    );
    assert.equal(decide([FAST], tools).chosen.modelKey, 'test/fast');
    for (const models of [[FAST], [{ ...FAST, images: false }]]) {
      assert.throws(() => decide(models, picture), isNoModel('none-able'));
    }
    assert.throws(() => decide([{ ...FAST, tools: false }], tools), isNoModel('none-able'));
    const named = buildSpine({ clock, transport: new FakeTransport(clock), models: [FAST] });
    assert.equal(
      named.pipeline.preview(asking(picture, { model: 'test/fast' })).decision.chosen.modelKey,
      'test/fast',
    );
  });

  test('a tier restricts the choice and is told; without such a model that is an error of its own', () => {
    const clock = new FakeClock();
    const { pipeline } = buildSpine({ clock, transport: new FakeTransport(clock) });

    const strong = pipeline.preview(asking(talk(), { tiers: ['powerful'] })).decision;

    assert.equal(strong.chosen.modelKey, 'test/strong');
    assert.ok(kinds(strong.reasons).includes('tiers'));
    assert.deepEqual(strong.fallbacks, []);
    assert.throws(() => pipeline.preview(asking(talk(), { tiers: ['balanced'] })), isNoModel('none-in-tier'));
  });

  test('a helper goes to the cheapest model, whatever the bar says', () => {
    const clock = new FakeClock();
    const settings = { 'routing.qualityBar': 1 };
    const { pipeline } = buildSpine({ clock, transport: new FakeTransport(clock), settings });

    const plain = pipeline.preview(asking(talk())).decision;
    const helper = pipeline.preview(asking(talk(), { helper: 'title' })).decision;

    assert.deepEqual([plain.chosen.modelKey, helper.chosen.modelKey], ['test/strong', 'test/fast']);
    assert.deepEqual(helper.reasons.at(-1), { kind: 'helper', helper: 'title' });
  });

  test('tools, calls, results and pictures count as tokens', () => {
    const estimator = new TokenEstimator(async () => 0);
    const count = (changes: Partial<Conversation>) => conversationTokens(talk(changes), estimator);
    const messages = (...parts: ChatPart[]) => ({ messages: [{ role: 'user' as const, parts }] });
    const empty = count(messages());

    assert.ok(count({ ...messages(), tools: [TOOL] }) > empty + 10);
    assert.equal(count(messages(PICTURE)), empty + 1_600);
    assert.ok(
      count(messages({ kind: 'tool-call', id: '1', name: 'n', input: { text: 'x'.repeat(430) } })) >=
        empty + 100,
    );
    assert.ok(
      count(messages({ kind: 'tool-result', id: '1', content: [PICTURE, words('x'.repeat(430))] })) >=
        empty + 1_700,
    );
  });
});

suite('what VS Code asks for by itself', () => {
  test('its helpers are known by how their prompts begin', () => {
    const openings: readonly [string, string][] = [
      [
        'title',
        'You are an expert in crafting ultra-compact titles for chatbot conversations. You are presented',
      ],
      [
        'branch-name',
        'You are an expert in crafting pithy branch names for Git Repos based on chatbot conversations.',
      ],
      [
        'progress',
        'You are an expert in writing short, catchy, and encouraging progress messages for a coding assistant.',
      ],
      [
        'summary',
        'Your task is to create a comprehensive, detailed summary of the entire conversation that captures',
      ],
      [
        'goal',
        "You summarize a user's coding request into a single short phrase suitable for a status badge.",
      ],
    ];
    for (const [kind, text] of openings) {
      assert.equal(helperIn(talk({ system: [text] })), kind);
      assert.equal(helperIn(talk({ system: [], messages: [{ role: 'user', parts: [words(text)] }] })), kind);
      assert.equal(helperIn(talk({ system: [text], tools: [TOOL] })), undefined);
    }
  });

  test('a person who writes about titles, and the judge of terminal commands, are no helpers', () => {
    const others = [
      'You are an expert AI programming assistant, working with a user in the VS Code editor.',
      'You assess what one terminal command does for a code-editing AI agent, and how risky it is.',
      'Tell me: You are an expert in crafting pithy titles for chatbot conversations',
    ];
    for (const text of others) assert.equal(helperIn(talk({ system: [text] })), undefined);
    assert.equal(helperIn(talk({ system: [], messages: [] })), undefined);
  });

  test('of a message that VS Code wrapped, what the person typed is what counts', () => {
    const wrapped = '<context>\nprove why\n</context>\n<userRequest>\nrename it\n</userRequest>\n';
    const user = (text: string) => ({ role: 'user' as const, parts: [words(text)] });
    assert.equal(askedIn(talk({ messages: [user(wrapped)] })), 'rename it');
    assert.equal(
      askedIn(talk({ messages: [user('<prompt>\nshorter\n</prompt>'), user('<reminder>x</reminder>')] })),
      'shorter',
    );
    assert.equal(askedIn(talk({ messages: [user('as it is')] })), 'as it is');
  });
});

function isNoModel(why: string) {
  return (error: unknown) => SluiceError.is(error, 'no-model') && error.facts.why === why;
}
