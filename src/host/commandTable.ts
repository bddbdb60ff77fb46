/** Every command by id, with what it does. Compared with `package.json` by a test. */
import * as vscode from 'vscode';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import type { Pipeline } from '../flow/pipeline.ts';
import type { Receipt } from '../flow/request.ts';
import type { Answers } from './answers.ts';
import { type AskDeps, askAboutSelection, explainSelection } from './askSelection.ts';
import type { Connections } from './connections.ts';
import type { Probe } from './connectPlatform.ts';
import { DASHBOARD_VIEW } from './dashboardView.ts';
import type { InlineChat } from './inlineChat.ts';

export interface CommandDeps {
  readonly ask: AskDeps;
  readonly answers: Answers;
  readonly connections: Connections;
  /** Says so when there is none. */
  readonly showDecision: (receipt: Receipt | undefined) => Promise<Receipt | undefined>;
  readonly pipeline: Pipeline;
  readonly probe: Probe;
  readonly showLog: () => void;
  /** Loaded when it is first asked for. */
  readonly inlineChat: () => Promise<InlineChat>;
}

type Handler = (argument: unknown) => unknown;

/** Commands resolve with what they did (a receipt, an id), so that key bindings and other extensions can use it. */
export function commandTable(deps: CommandDeps): Readonly<Record<string, Handler>> {
  const { ask, answers, connections, pipeline } = deps;
  const act = (action: 'copy' | 'again' | 'stronger' | 'fresh' | 'cancel') => () =>
    answers.current()?.act(action);
  return {
    'sluice.explainSelection': () => explainSelection(ask),
    'sluice.askAboutSelection': (question) => askAboutSelection(ask, question),
    'sluice.openDashboard': () => vscode.commands.executeCommand(`${DASHBOARD_VIEW}.focus`),
    'sluice.showLastDecision': (id) => deps.showDecision(findReceipt(pipeline, id)),
    'sluice.connectPlatform': async () =>
      (await import('./connectPlatform.ts')).connectPlatform(connections, deps.probe),
    'sluice.managePlatforms': async () => (await import('./managePlatforms.ts')).managePlatforms(connections),
    'sluice.useSimulatedPlatform': async () =>
      (await import('./connectPlatform.ts')).useSimulatedPlatform(connections),
    'sluice.copyAnswer': act('copy'),
    'sluice.askAgain': act('again'),
    'sluice.askStronger': act('stronger'),
    'sluice.askFresh': act('fresh'),
    'sluice.cancelRequest': act('cancel'),
    'sluice.showLog': () => deps.showLog(),
    ...inlineChatTable(deps),
  };
}

/** The keys and buttons of an inline chat hand over its thread, a comment of it, or the id of a receipt. */
function inlineChatTable({ inlineChat }: CommandDeps): Readonly<Record<string, Handler>> {
  const act = (action: Parameters<InlineChat['act']>[0]) => async (comment: unknown) =>
    (await inlineChat()).act(action, comment);
  return {
    'sluice.inlineChat': async (opening) => (await inlineChat()).open(opening),
    'sluice.inlineChatEnter': async () => (await inlineChat()).enter(),
    'sluice.inlineChatEnterStronger': async () => (await inlineChat()).enter({ stronger: true }),
    'sluice.inlineChatSend': async (comment) => (await inlineChat()).submit(comment),
    'sluice.inlineChatSendStronger': async (comment) =>
      (await inlineChat()).submit(comment, { stronger: true }),
    'sluice.inlineChatEscape': async () => (await inlineChat()).escape(),
    'sluice.inlineChatClose': async (thread) => (await inlineChat()).close(thread),
    'sluice.inlineChatEarlier': async () => (await inlineChat()).recall('earlier'),
    'sluice.inlineChatLater': async () => (await inlineChat()).recall('later'),
    'sluice.inlineChatToggleForm': async (thread) => (await inlineChat()).toggleForm(thread),
    'sluice.inlineChatChooseModel': async (thread) => (await inlineChat()).chooseModel(thread),
    'sluice.inlineChatCopy': act('copy'),
    'sluice.inlineChatStop': act('stop'),
    'sluice.inlineChatAgain': act('again'),
    'sluice.inlineChatStronger': act('stronger'),
    'sluice.inlineChatFresh': act('fresh'),
    'sluice.inlineChatAccept': act('accept'),
    'sluice.inlineChatReject': act('reject'),
  };
}

/** A command that rejects would end in a modal dialog of VS Code's: `onBug` is told instead. */
export function registerCommands(
  table: Readonly<Record<string, Handler>>,
  onBug: (error: unknown) => void,
): Disposable {
  const bag = new DisposableBag();
  for (const [id, handler] of Object.entries(table)) {
    const guarded = async (argument: unknown) => {
      try {
        return await handler(argument);
      } catch (error) {
        onBug(error);
        return undefined;
      }
    };
    bag.add(vscode.commands.registerCommand(id, guarded));
  }
  return bag;
}

/** The one with this id, else the newest. */
function findReceipt(pipeline: Pipeline, id: unknown) {
  return pipeline.recent.find((receipt) => receipt.id === id) ?? pipeline.recent[0];
}
