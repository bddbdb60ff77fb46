/** The commands of inline chats; keys and buttons hand over a thread, a comment of it, or the id of a receipt. */
import type { DisposableBag } from '../base/disposable.ts';
import type { InlineChat, InlineChatDeps } from './inlineChat.ts';
import type { LazyEdits } from './liveEditCommands.ts';

type Handler = (argument: unknown) => unknown;

export interface InlineChatOwner extends Omit<InlineChatDeps, 'edits'> {
  readonly edits: LazyEdits;
  readonly owned: DisposableBag;
}

/** The chats are loaded when the first one is opened. */
export function inlineChatCommands(owner: InlineChatOwner): Readonly<Record<string, Handler>> {
  let chat: Promise<InlineChat> | undefined;
  const open = async () => {
    const { InlineChat: Chat } = await import('./inlineChat.ts');
    const edits = () => owner.edits.load();
    return owner.owned.add(new Chat({ ...owner, edits }));
  };
  const load = () => {
    chat ??= open();
    return chat;
  };
  const act = (action: Parameters<InlineChat['act']>[0]) => async (comment: unknown) =>
    (await load()).act(action, comment);
  return {
    'sluice.inlineChat': async (opening) => (await load()).open(opening),
    'sluice.inlineChatEnter': async () => (await load()).enter(),
    'sluice.inlineChatEnterStronger': async () => (await load()).enter({ stronger: true }),
    'sluice.inlineChatSend': async (comment) => (await load()).submit(comment),
    'sluice.inlineChatSendStronger': async (comment) => (await load()).submit(comment, { stronger: true }),
    'sluice.inlineChatEscape': async () => (await load()).escape(),
    'sluice.inlineChatClose': async (thread) => (await load()).close(thread),
    'sluice.inlineChatEarlier': async () => (await load()).recall('earlier'),
    'sluice.inlineChatLater': async () => (await load()).recall('later'),
    'sluice.inlineChatToggleForm': async (thread) => (await load()).toggleForm(thread),
    'sluice.inlineChatChooseModel': async (thread) => (await load()).chooseModel(thread),
    'sluice.inlineChatCopy': act('copy'),
    'sluice.inlineChatStop': act('stop'),
    'sluice.inlineChatAgain': act('again'),
    'sluice.inlineChatStronger': act('stronger'),
    'sluice.inlineChatFresh': act('fresh'),
    'sluice.inlineChatGood': act('good'),
    'sluice.inlineChatBad': act('bad'),
    'sluice.inlineChatAccept': act('accept'),
    'sluice.inlineChatReject': act('reject'),
  };
}
