/** Every command by id, with what it does. Compared with `package.json` by a test. */
import * as vscode from 'vscode';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import type { AnswerCache } from '../flow/answerCache.ts';
import type { LazyBackground } from '../flow/lazyBackground.ts';
import type { LazyLearning } from '../flow/lazyLearning.ts';
import type { Outcomes } from '../flow/outcomes.ts';
import type { Pipeline } from '../flow/pipeline.ts';
import type { Receipt } from '../flow/request.ts';
import type { LazySimilar } from '../flow/similar.ts';
import { type AskDeps, askAboutSelection, explainSelection } from './askSelection.ts';
import type { Connections } from './connections.ts';
import type { Probe } from './connectPlatform.ts';
import type { ReadUsage } from './exportUsage.ts';
import { type InlineChatOwner, inlineChatCommands } from './inlineChatCommands.ts';
import { DASHBOARD_VIEW } from './lazyDashboard.ts';
import { type LazyEdits, liveEditCommands } from './liveEditCommands.ts';
import type { QueuedTasks } from './queuedTasks.ts';
import type { BenchmarkDeps } from './runBenchmark.ts';
import type { SettingsWatcher } from './settingsWatcher.ts';
import type { TaskCommands } from './taskCommands.ts';

export interface CommandDeps {
  readonly ask: AskDeps;
  readonly connections: Connections;
  /** Says so when there is none. */
  readonly showDecision: (receipt: Receipt | undefined) => Promise<Receipt | undefined>;
  readonly pipeline: Pipeline;
  readonly outcomes: Outcomes;
  readonly similar: LazySimilar;
  readonly background: LazyBackground;
  readonly cache: AnswerCache;
  readonly probe: Probe;
  readonly edits: LazyEdits;
  readonly settings: SettingsWatcher;
  readonly learning: LazyLearning;
  readonly queued: () => Promise<QueuedTasks>;
  readonly readUsage: ReadUsage;
  readonly showLog: () => void;
  readonly secrets: vscode.SecretStorage;
  readonly tasks: TaskCommands;
  readonly chat: InlineChatOwner;
  readonly benchmark: BenchmarkDeps;
}

type Handler = (argument: unknown) => unknown;

/** Commands resolve with what they did (a receipt, an id), so that key bindings and other extensions can use it. */
export function commandTable(deps: CommandDeps): Readonly<Record<string, Handler>> {
  const { ask, connections, pipeline } = deps;
  const act = (action: 'copy' | 'again' | 'stronger' | 'fresh' | 'good' | 'bad' | 'cancel') => () =>
    ask.answers.current()?.act(action);
  return {
    'sluice.explainSelection': () => explainSelection(ask),
    'sluice.askAboutSelection': (question) => askAboutSelection(ask, question),
    'sluice.openDashboard': () => vscode.commands.executeCommand(`${DASHBOARD_VIEW}.focus`),
    'sluice.showLastDecision': (id) => deps.showDecision(findReceipt(pipeline, id)),
    'sluice.connectPlatform': async () =>
      (await import('./connectPlatform.ts')).connectPlatform(connections, deps.probe),
    'sluice.managePlatforms': async () => (await import('./managePlatforms.ts')).managePlatforms(connections),
    'sluice.pausePlatform': async (id) =>
      (await import('./pausePlatform.ts')).setPaused(connections, true, id),
    'sluice.resumePlatform': async (id) =>
      (await import('./pausePlatform.ts')).setPaused(connections, false, id),
    'sluice.useSimulatedPlatform': async () =>
      (await import('./connectPlatform.ts')).useSimulatedPlatform(connections),
    'sluice.planEvent': async (row) => (await import('./planEvent.ts')).planEvent(deps.settings, row),
    'sluice.forgetLearned': async (sure) =>
      (await import('./forgetLearned.ts')).forgetLearned(deps.learning, sure === true),
    'sluice.showQueuedTasks': async () => (await deps.queued()).show(),
    'sluice.exportUsage': async (file) =>
      (await import('./exportUsage.ts')).exportUsageTo(deps.readUsage, file),
    'sluice.runBenchmark': async (given) =>
      (await import('./runBenchmark.ts')).runBenchmark(deps.benchmark, given),
    'sluice.setRedisPassword': async () =>
      (await import('./redisPassword.ts')).setRedisPassword(deps.secrets),
    'sluice.setCacheSecret': async () => (await import('./cacheCommands.ts')).setCacheSecret(deps.secrets),
    'sluice.clearCache': async (part) => {
      const cleared = await (await import('./cacheCommands.ts')).clearCache(deps.cache, part);
      if (cleared !== 'all') return cleared;
      // With the answers, what was asked.
      deps.similar.clear();
      await deps.background.clear();
      return cleared;
    },
    'sluice.explainCacheHit': async (id) =>
      (await import('./cacheCommands.ts')).explainCacheHit(findHit(pipeline, id), deps.settings.settings),
    'sluice.copyAnswer': act('copy'),
    'sluice.askAgain': act('again'),
    'sluice.askStronger': act('stronger'),
    'sluice.askFresh': act('fresh'),
    'sluice.goodAnswer': act('good'),
    'sluice.badAnswer': act('bad'),
    'sluice.askAnyway': async (id) =>
      (await import('./askAnyway.ts')).askAnyway({ ...deps, answers: ask.answers }, id),
    'sluice.cancelRequest': act('cancel'),
    'sluice.enableVscodeChat': async () => (await import('./enableVscodeChat.ts')).enableVscodeChat(),
    'sluice.showLog': () => deps.showLog(),
    ...deps.tasks.table(),
    ...liveEditCommands(deps.edits),
    ...inlineChatCommands(deps.chat),
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

/** The one with this id, else the newest that a cache answered. */
function findHit({ recent }: Pipeline, id: unknown) {
  return recent.find((receipt) => receipt.id === id) ?? recent.find(({ cache }) => cache !== 'none');
}

/** The one with this id, else the newest. */
function findReceipt(pipeline: Pipeline, id: unknown) {
  return pipeline.recent.find((receipt) => receipt.id === id) ?? pipeline.recent[0];
}
