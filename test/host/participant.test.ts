/** `@sluice` inside the extension host, as VS Code's chat would ask it. */
import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import * as vscode from 'vscode';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { parseSettings } from '../../src/flow/settings.ts';
import { type ChatTurn, ParticipantChat } from '../../src/host/participantChat.ts';
import { handle } from './hostSupport.ts';

/** What of a turn is looked at; VS Code alone can make a whole one. */
function turn(prompt: string, said: string[]): ChatTurn {
  const stream = {
    markdown: (text: string) => said.push(text),
    progress: () => undefined,
    button: () => undefined,
  };
  const token = {
    isCancellationRequested: false,
    onCancellationRequested: () => ({ dispose: () => undefined }),
  };
  return {
    request: { prompt, references: [] },
    context: { history: [] },
    stream,
    token,
  } as unknown as ChatTurn;
}

suite('@sluice inside VS Code', () => {
  test('the thumbs below an answer are what became of that answer, also when others came after it', async () => {
    const { pipeline, platforms, outcomes } = await handle();
    const { settings } = parseSettings(() => undefined);
    const chat = new ParticipantChat({
      ...{ pipeline, platforms, outcomes, clock: systemClock, log: silentLog },
      ...{ settings: () => settings, buckets: () => [] },
    });
    const said: string[] = [];
    const result = await chat.answer(turn(`what is a monad? ${crypto.randomUUID()}`, said));
    const [receipt] = pipeline.recent;
    await chat.answer(turn(`and a functor? ${crypto.randomUUID()}`, said));

    chat.found({ result, kind: vscode.ChatResultFeedbackKind.Unhelpful });
    chat.found({
      result: { metadata: { receiptId: 'of an earlier window' } },
      kind: vscode.ChatResultFeedbackKind.Helpful,
    });

    assert.match(said.join(''), /Simulated answer/);
    const [newest] = outcomes.recent;
    assert.deepEqual({ ...newest, atMs: 0 }, { kind: 'thumbs', up: false, receiptId: receipt?.id, atMs: 0 });
    assert.notEqual(pipeline.recent[0]?.id, receipt?.id);
  });
});
