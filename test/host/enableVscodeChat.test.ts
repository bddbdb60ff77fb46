/** What `Sluice: Enable VS Code's Chat` says and does, without a dialog. */
import assert from 'node:assert/strict';
import { type EnableDeps, enableVscodeChat } from '../../src/host/enableVscodeChat.ts';

suite("enabling VS Code's chat", () => {
  const trial = (changes: Partial<EnableDeps> = {}) => {
    const done: string[] = [];
    const deps: EnableDeps = {
      isOn: () => false,
      ask: async (_message, detail) => {
        done.push(detail);
        return true;
      },
      enable: async () => void done.push('enabled'),
      tell: async (message, button) => {
        done.push(message);
        return button !== undefined;
      },
      openChat: async () => void done.push('opened'),
      ...changes,
    };
    return { done, outcome: enableVscodeChat(deps) };
  };

  test('it asks first, and says what it costs and what is sent unasked', async () => {
    const { done, outcome } = trial();

    assert.equal(await outcome, 'enabled');
    assert.match(done[0] ?? '', /500 MB[\s\S]*titles of chats/);
    assert.deepEqual([done[1], done[3]], ['enabled', 'opened']);
    assert.match(done[2] ?? '', /Sluice Auto/);
  });

  test('nothing happens without agreement, nor when the chat is on already', async () => {
    const declined = trial({ ask: async () => false });
    const on = trial({ isOn: () => true });

    assert.deepEqual([await declined.outcome, declined.done], ['declined', []]);
    assert.equal(await on.outcome, 'already-on');
    assert.ok(!on.done.includes('enabled'));
  });

  test('a failure says why and what to do by hand', async () => {
    const { done, outcome } = trial({
      enable: async () => {
        throw new Error('no such command');
      },
    });

    assert.equal(await outcome, 'failed');
    assert.match(done[1] ?? '', /no such command[\s\S]*Extensions view/);
    assert.ok(!done.includes('opened'));
  });
});
