/** Sluice's models as another extension sees them, and its tools, inside the extension host. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { handle, script, show } from './hostSupport.ts';

interface Consumer {
  select(selector: vscode.LanguageModelChatSelector): Promise<vscode.LanguageModelChat[]>;
}

type Part = vscode.LanguageModelTextPart | vscode.LanguageModelToolCallPart;

interface Heard {
  readonly text: string;
  readonly pieces: number;
  readonly calls: readonly vscode.LanguageModelToolCallPart[];
}

const { User, Assistant } = vscode.LanguageModelChatMessage;

async function model(id = 'sluice-auto'): Promise<vscode.LanguageModelChat> {
  await handle();
  const consumer = vscode.extensions.getExtension<Consumer>('sluice-test.consumer');
  assert.ok(consumer, 'the other extension is installed');
  const [found] = await (await consumer.activate()).select({ vendor: 'sluice', id });
  assert.ok(found, `${id} is offered`);
  return found;
}

async function hear(
  asked: vscode.LanguageModelChat,
  messages: vscode.LanguageModelChatMessage[],
  options: vscode.LanguageModelChatRequestOptions = {},
  token?: vscode.CancellationToken,
): Promise<Heard> {
  const response = await asked.sendRequest(messages, options, token);
  const parts: Part[] = [];
  for await (const part of response.stream) {
    if (part instanceof vscode.LanguageModelTextPart || part instanceof vscode.LanguageModelToolCallPart) {
      parts.push(part);
    }
  }
  const texts = parts.filter((part) => part instanceof vscode.LanguageModelTextPart);
  const calls = parts.filter((part) => part instanceof vscode.LanguageModelToolCallPart);
  return { text: texts.map(({ value }) => value).join(''), pieces: texts.length, calls };
}

/** Words that no other test has said. */
function fresh(text: string): string {
  return `${text} ${crypto.randomUUID()}`;
}

const READ_FILE: vscode.LanguageModelChatTool = {
  name: 'read_file',
  description: 'Reads a file.',
  inputSchema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
};

suite('language models for others', () => {
  test('three models are offered, with the limits and abilities of those behind them', async () => {
    const { platforms } = await handle();
    const consumer = await vscode.extensions.getExtension<Consumer>('sluice-test.consumer')?.activate();

    const found = (await consumer?.select({ vendor: 'sluice' })) ?? [];

    assert.deepEqual(found.map(({ id, name }) => [id, name]).toSorted(), [
      ['sluice-auto', 'Sluice Auto'],
      ['sluice-fast', 'Sluice Fast'],
      ['sluice-strong', 'Sluice Strong'],
    ]);
    const longest = Math.max(...platforms.models.map(({ contextTokens = 0 }) => contextTokens));
    const auto = found.find(({ id }) => id === 'sluice-auto');
    assert.ok(auto && auto.maxInputTokens > 32_000 && auto.maxInputTokens <= longest);
  });

  test('an answer streams with a receipt and moves the meter; the same again comes from the cache', async () => {
    const { pipeline, quota } = await handle();
    const asked = await model();
    const question = [User(fresh('What is a monad?'))];
    let moved = false;
    // At once: the simulated limits are full again within a second.
    const listening = quota.onChange(() => {
      moved ||= quota.states().some(({ level, size }) => level < size);
    });

    const first = await hear(asked, question);
    listening.dispose();
    const receipt = pipeline.recent[0];
    const second = await hear(asked, question);

    assert.match(first.text, /Simulated answer/);
    assert.ok(first.pieces > 3, `${first.pieces} pieces`);
    assert.deepEqual([receipt?.task, receipt?.cache, receipt?.stop], ['question', 'none', 'complete']);
    assert.ok(moved);
    assert.equal(second.text, first.text);
    assert.deepEqual([pipeline.recent[0]?.cache, pipeline.recent[0]?.costUsd], ['memory', 0]);
  });

  test('Sluice Fast and Sluice Strong keep to their tiers, and the decision says so', async () => {
    const { pipeline } = await handle();

    await hear(await model('sluice-fast'), [User(fresh('Why is there a deadlock? Prove it.'))]);
    const fast = pipeline.recent[0]?.decision;
    await hear(await model('sluice-strong'), [User(fresh('Hi'))]);
    const strong = pipeline.recent[0]?.decision;

    assert.deepEqual([fast?.chosen.tier, strong?.chosen.tier], ['fast', 'powerful']);
    assert.ok(fast?.reasons.some(({ kind }) => kind === 'tiers'));
  });

  test('a tool is called, its result sent back, and answered; nothing of it is cached', async () => {
    const { pipeline } = await handle();
    const asked = await model();
    const question = User(fresh('Use read_file please.'));
    const options = { tools: [READ_FILE] };

    const first = await hear(asked, [question], options);
    const again = await hear(asked, [question], options);
    const [call] = first.calls;
    assert.ok(call, first.text);
    const result = new vscode.LanguageModelToolResultPart(call.callId, [
      new vscode.LanguageModelTextPart('it is 42'),
    ]);
    const second = await hear(asked, [question, Assistant([call]), User([result])], options);

    assert.equal(call.name, 'read_file');
    assert.ok('path' in call.input);
    assert.equal(again.calls.length, 1);
    assert.match(second.text, /The tool answered:[\s\S]*it is 42/);
    assert.deepEqual(
      pipeline.recent.slice(0, 3).map(({ cache, stop }) => `${cache} ${stop}`),
      ['none complete', 'none tool-use', 'none tool-use'],
    );
  });

  test('a required call is made', async () => {
    const toolMode = vscode.LanguageModelChatToolMode.Required;

    const { calls } = await hear(await model(), [User(fresh('Hello.'))], { tools: [READ_FILE], toolMode });

    assert.equal(calls.length, 1);
  });

  test('cancelled while it streams, the call at the platform ends and the receipt says so', async () => {
    const { pipeline, simulated } = await handle();
    const asked = await model();
    await script([{ fault: { kind: 'hang', afterChunks: 3 } }]);
    const cancel = new vscode.CancellationTokenSource();

    const response = await asked.sendRequest([User(fresh('Tell me a lot.'))], {}, cancel.token);
    const failed = (async () => {
      for await (const _part of response.stream) cancel.cancel();
    })().then(
      () => undefined,
      (error: unknown) => error,
    );

    const error = await failed;
    await simulated()?.idle();
    assert.ok(error === undefined || /cancel/i.test(String(error)), String(error));
    assert.equal(simulated()?.requests.at(-1)?.outcome, 'cancelled');
    assert.equal(pipeline.running, 0);
  });

  test('a fault of the platform is told in words', async () => {
    const asked = await model();
    await script([{ fault: { kind: 'http-error', status: 403, type: 'permission_error' }, times: 'always' }]);

    const failed = await hear(asked, [User(fresh('Hello.'))]).catch((error: unknown) => error);
    await script([]);

    assert.ok(failed instanceof Error, 'it rejects');
    assert.match(failed.message, /knows the key, but does not allow it this/);
  });

  test("VS Code's own title request goes to the cheapest model and is shown as what it is", async () => {
    const { pipeline } = await handle();
    const opening =
      'You are an expert in crafting ultra-compact titles for chatbot conversations. You are presented …';

    await hear(await model('sluice-strong'), [User(opening), User(fresh('Please write a brief title:'))]);

    const receipt = pipeline.recent[0];
    assert.equal(receipt?.task, 'name');
    assert.equal(receipt?.decision.chosen.tier, 'fast');
    assert.deepEqual(receipt?.decision.reasons.at(-1), { kind: 'helper', helper: 'title' });
  });

  test('tokens are counted, of five million characters too', async () => {
    const asked = await model();
    const long = 'word '.repeat(1_000_000);

    const [short, more, message] = await Promise.all([
      asked.countTokens('Hello.'),
      asked.countTokens(long),
      asked.countTokens(User('Hello.')),
    ]);

    assert.ok(short > 0 && more > 500_000 && message > short, `${short} ${more} ${message}`);
  });
});

suite('tools for the chat', () => {
  const textOf = (result: vscode.LanguageModelToolResult): string =>
    result.content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
  const invoke = async (name: string, input: object) =>
    textOf(await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined }));

  test('sluice_quota says what is left, in words and as a table', async () => {
    await hear(await model(), [User(fresh('Hi'))]);

    const text = await invoke('sluice_quota', {});

    assert.match(text, /^\d+\s?% is left of the tightest limit/);
    assert.match(text, /\| Limit \| Used \| Left \| Full again \| Source \|\n[\s\S]*\| tokens \|/);
  });

  test('sluice_context shows the prompt and the model without asking it', async () => {
    const { pipeline } = await handle();
    await show('export const seven = 7;\n');
    const before = pipeline.recent[0]?.id;

    const text = await invoke('sluice_context', { task: 'review' });

    assert.match(text, /Task: review/);
    assert.match(text, /Model: \w+ \(simulated\)/);
    assert.match(text, /export const seven = 7;/);
    assert.equal(pipeline.recent[0]?.id, before);
  });

  test('both are known to VS Code with what they need', () => {
    const names = vscode.lm.tools.map(({ name }) => name);

    assert.ok(names.includes('sluice_quota') && names.includes('sluice_context'), names.join());
  });
});
