/** VS Code's language models as a platform, with another extension that brings some: test/support/modelExtension. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { SluiceError } from '../../src/base/errors.ts';
import type { ModelEvent } from '../../src/flow/transport.ts';
import { eventually, explain, freshCode, handle, platformKind, show } from './hostSupport.ts';

interface Asked {
  readonly model: string;
  readonly text: string;
  readonly token: vscode.CancellationToken;
}

/** What the extension exports. */
interface ModelExtension {
  /** Its own copy: an error is known by its class. */
  readonly vscode: typeof vscode;
  readonly asked: Asked[];
  answer: (asked: Asked, say: (text: string) => void) => Promise<void>;
  offer(models: readonly { id: string; maxInputTokens?: number }[]): void;
}

const never = new AbortController().signal;
const MODEL = 'test-writer';

async function modelExtension(): Promise<ModelExtension> {
  const extension = vscode.extensions.getExtension<ModelExtension>('sluice-test.models');
  assert.ok(extension, 'sluice-test.models is not among the extensions');
  return extension.activate();
}

suite('VS Code’s language models', () => {
  let other: ModelExtension;
  let usual: ModelExtension['answer'];

  setup(async () => {
    other = await modelExtension();
    usual ??= other.answer;
    other.answer = usual;
    other.asked.length = 0;
    await offer([{ id: MODEL }]);
  });

  teardown(async () => {
    const { connections } = await handle();
    for (const { id } of connections.accounts) await connections.remove(id);
    await offer([]);
  });

  /** Resolves when VS Code has taken notice. */
  const offer = async (models: readonly { id: string }[]) => {
    other.offer(models);
    let seen = -1;
    await eventually(`VS Code knows ${models.length} models`, () => {
      void vscode.lm.selectChatModels({ vendor: 'sluice-test' }).then((found) => {
        seen = found.length;
      });
      return seen === models.length;
    });
  };

  const connect = async () => {
    const { connections } = await handle();
    return connections.connect({ kind: platformKind('vscode'), key: '' }, never);
  };

  /** The same model again through the transport, which the platform has opened. */
  const ask = async (
    signal: AbortSignal,
    onEvent: (event: ModelEvent) => void = () => undefined,
  ): Promise<ModelEvent[]> => {
    const { platforms } = await handle();
    const transport = await platforms.transport('vscode');
    const messages = [{ role: 'user' as const, text: 'Say it.' }];
    const events: ModelEvent[] = [];
    const call = { model: MODEL, system: 'Be brief.', messages, maxOutputTokens: 100 };
    for await (const event of transport.stream(call, signal)) {
      onEvent(event);
      events.push(event);
    }
    return events;
  };

  test('are connected, answer in pieces, are paused, resumed and removed', async () => {
    const { connections, platforms } = await handle();

    const { trial, listed } = await connect();
    await show(freshCode());
    const receipt = await explain();
    const events = await ask(never);
    await connections.pause('vscode', true);
    const whilePaused = platforms.list.map(({ id }) => id);
    await connections.pause('vscode', false);
    await connections.remove('vscode');

    assert.deepEqual([listed, trial.streams, trial.usage, trial.limits], [[MODEL], true, false, 0]);
    assert.deepEqual([receipt?.modelKey, receipt?.stop], [`vscode/${MODEL}`, 'complete']);
    assert.deepEqual([receipt?.usage, receipt?.costUsd], [undefined, undefined]);
    assert.match(other.asked[1]?.text ?? '', /Task: explain[\s\S]*items\.length/);
    assert.deepEqual(
      events.map((event) => (event.kind === 'text' ? event.text : event.kind)),
      ['start', 'Said by a model ', 'of another extension.', 'end'],
    );
    assert.deepEqual([whilePaused, connections.accounts, connections.simulated], [['simulated'], [], true]);
  });

  test('a cancelled request is cancelled in the other extension as well', async () => {
    await connect();
    const controller = new AbortController();
    let token: vscode.CancellationToken | undefined;
    other.answer = async (asked, say) => {
      token = asked.token;
      say('half');
      await new Promise<void>((resolve) => asked.token.onCancellationRequested(() => resolve()));
    };

    const asking = ask(controller.signal);
    await eventually('the model was asked', () => token !== undefined);
    controller.abort(new Error('changed my mind'));

    await assert.rejects(asking, (error) => error === controller.signal.reason);
    await eventually('the other extension heard of it', () => token?.isCancellationRequested === true);
  });

  test('a refusal, a missing consent, a model that has gone and a fault each have their own code', async () => {
    await connect();
    const { LanguageModelError } = other.vscode;
    const failures = [
      [LanguageModelError.Blocked('no'), 'refused'],
      [LanguageModelError.NoPermissions('no'), 'invalid-key'],
      [LanguageModelError.NotFound('no'), 'model-not-found'],
      [new Error('boom'), 'bad-response'],
    ] as const;

    for (const [failure, code] of failures) {
      other.answer = async () => {
        throw failure;
      };

      await assert.rejects(ask(never), (error) => SluiceError.is(error, code), code);
    }
    await offer([]);
    await assert.rejects(ask(never), (error) => SluiceError.is(error, 'model-not-found'));
  });

  test('what was said before a fault is kept, and the fault is a cut stream', async () => {
    await connect();
    let heard: () => void = () => undefined;
    const hearing = new Promise<void>((resolve) => {
      heard = resolve;
    });
    other.answer = async (_, say) => {
      say('half of it');
      await hearing;
      throw new Error('boom');
    };
    const texts: string[] = [];

    const asking = ask(never, (event) => {
      if (event.kind !== 'text') return;
      texts.push(event.text);
      heard();
    });

    await assert.rejects(asking, (error) => SluiceError.is(error, 'cut-stream'));
    assert.deepEqual(texts, ['half of it']);
  });
});
