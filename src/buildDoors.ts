/** Builds the doors of the pipeline: commands, views, meter, chat; each opens what it needs when it is used. */
import * as vscode from 'vscode';
import { systemClock as clock } from './base/clock.ts';
import type { DisposableBag } from './base/disposable.ts';
import { systemRandom as random } from './base/random.ts';
import type { Core } from './buildCore.ts';
import type { BenchResult } from './flow/benchRun.ts';
import { bucketViews } from './flow/bucketViews.ts';
import type { Answer, Receipt, RouteRequest } from './flow/request.ts';
import { Answers } from './host/answers.ts';
import { registerChatDoors } from './host/chatDoors.ts';
import { registerCodeActions } from './host/codeActions.ts';
import { commandTable, registerCommands } from './host/commandTable.ts';
import type { Connections } from './host/connections.ts';
import type { DecisionView } from './host/decisionView.ts';
import { watchFiles } from './host/fileChanges.ts';
import { DASHBOARD_VIEW, LazyDashboard } from './host/lazyDashboard.ts';
import { LazyQueue } from './host/lazyQueue.ts';
import { LimitToasts } from './host/limitToasts.ts';
import type { LazyEdits } from './host/liveEditCommands.ts';
import { Meter } from './host/meter.ts';
import type { Notices } from './host/notices.ts';
import { ServerWatch } from './host/serverWatch.ts';
import type { SettingsWatcher } from './host/settingsWatcher.ts';
import { TaskCommands } from './host/taskCommands.ts';
import type { RunTests } from './host/testRuns.ts';
import { answersAt } from './node/probe.ts';
import { sha256 } from './node/sha256.ts';

export interface DoorsDeps {
  readonly context: vscode.ExtensionContext;
  readonly core: Core;
  readonly connections: Connections;
  readonly settings: SettingsWatcher;
  readonly notices: Notices;
  readonly channel: vscode.LogOutputChannel;
  readonly edits: LazyEdits;
  /** Ends what is built with the window. */
  readonly owned: DisposableBag;
}

/** `queue`: the questions that wait, loaded when first asked for. */
export function buildDoors(deps: DoorsDeps): { readonly queue: LazyQueue } {
  const { context, core, connections, settings, notices, channel, edits, owned } = deps;
  const { pipeline, platforms, quota, outcomes } = core;
  const read = () => settings.settings;
  const showLog = () => channel.show(true);
  const panel = { extension: context.extensionUri, clock };
  let decisions: Promise<DecisionView> | undefined;
  const showDecision = async (receipt: Receipt | undefined) => {
    decisions ??= import('./host/decisionView.ts').then((view) =>
      owned.add(new view.DecisionView({ ...panel, platforms })),
    );
    return (await decisions).show(receipt);
  };
  const { labelOf } = platforms;
  const state = context.workspaceState;
  const waitMs = (request: RouteRequest) => core.dispatcher.waitMs(request);
  const room = { waitMs, platforms, quota };
  const queue = owned.add(
    new LazyQueue({ pipeline, answers: () => answers, clock, state, labelOf, ...room }),
  );
  const answers: Answers = owned.add(
    new Answers({
      pipeline,
      panel,
      outcomes,
      labelOf,
      check: async (request, answer) =>
        (await import('./host/shownChecks.ts')).checkShown(core.checking, request, answer),
      onQueue: async (question, dueAtMs) => (await (await queue.get()).add(question, dueAtMs)) !== undefined,
      onOtherAction: (action, receipt) => {
        const command = action === 'connect' ? 'sluice.connectPlatform' : 'sluice.openDashboard';
        if (action === 'decision') void showDecision(receipt);
        else void vscode.commands.executeCommand(command);
      },
    }),
  );
  const dashboard = owned.add(
    new LazyDashboard({
      ...panel,
      sources: core,
      notices: () => notices.all(),
      // What earlier windows counted is shown before this one has asked anything.
      onLook: () => {
        void core.trials.load();
        if (core.learning.current === undefined) void core.learning.get();
      },
      onBug: (error) => void notices.bug(error, showLog),
    }),
  );
  const meter = owned.add(
    new Meter({
      clock,
      buckets: () => bucketViews(core, clock.now()),
      platforms: () => platforms.list,
      running: () => pipeline.running,
      team: () => notices.team,
      settings: read,
    }),
  );
  const toasts = owned.add(
    new LimitToasts({
      states: () => quota.states(),
      settings: read,
      labelOf,
      state: context.globalState,
      clock,
    }),
  );
  const changed = () => {
    toasts.changed();
    meter.changed();
    dashboard.changed();
  };
  for (const source of [pipeline, quota, platforms, settings, core.trials])
    owned.add(source.onChange(changed));
  owned.add(outcomes.onOutcome(changed));
  owned.add(
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (document.uri.scheme !== 'output') core.background.interrupt();
    }),
  );
  owned.add(watchFiles({ cache: core.cache, settings: read, log: core.log }));
  owned.add(vscode.window.registerWebviewViewProvider(DASHBOARD_VIEW, dashboard));
  owned.add(registerCodeActions());
  const counting = { count: (text: string) => core.counter.count(text), hash: sha256, random };
  owned.add(registerChatDoors({ ...core, ...counting, settings: read }, context.extensionUri));
  const ask = { answers, clock, settings: read };
  const tasks = owned.add(new TaskCommands({ ...ask, pipeline, outcomes, labelOf }));
  const probe = (baseUrl: string) => answersAt(baseUrl, clock);
  const runTests: RunTests = async (order, signal) =>
    (await import('./node/testCommand.ts')).runTestCommand(order, clock, signal);
  const { speech } = owned.add(new ServerWatch(clock));
  const chat = { ...core, speech, settings: read, state, edits, owned, runTests };
  const benchmark = {
    ...{ pipeline, platforms, clock },
    store: async () => (await core.trials.load()).store,
    readFile: async () => (await import('./node/benchFile.ts')).readBenchFile,
    failingCheck: async (request: RouteRequest, { text, receipt }: Answer, signal: AbortSignal) => {
      const { stop, modelKey } = receipt;
      return (await core.checking.get()).failingForm({ request, text, stop, modelKey }, signal);
    },
    teach: async (results: readonly BenchResult[], suite: string) => {
      const learning = await core.learning.get();
      const { lessonsOf } = await import('./flow/benchLessons.ts');
      for (const lesson of lessonsOf(results, suite, clock.now())) learning?.teach(lesson);
    },
  };
  const table = commandTable({
    benchmark,
    ...{ ask, connections, showDecision, pipeline, cache: core.cache, probe, edits, chat, showLog, tasks },
    ...{ outcomes, similar: core.similar, background: core.background, settings, learning: core.learning },
    ...{ queued: queue.get, readUsage: core.history.read, secrets: context.secrets },
  });
  owned.add(registerCommands(table, (error) => void notices.bug(error, showLog)));
  return { queue };
}
