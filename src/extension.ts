/** Joins the edges: builds everything, owns everything, and ends it with the window. */
import * as vscode from 'vscode';
import { systemClock as clock } from './base/clock.ts';
import { DisposableBag } from './base/disposable.ts';
import type { Log } from './base/log.ts';
import { systemRandom as random } from './base/random.ts';
import { throttle } from './base/throttle.ts';
import { AnswerCache } from './flow/answerCache.ts';
import { bucketViews, buildSnapshot } from './flow/buildSnapshot.ts';
import { Dispatcher } from './flow/dispatcher.ts';
import { LimitRefresh } from './flow/limitRefresh.ts';
import { declareLimits, machineQuota } from './flow/machineQuota.ts';
import { Outcomes } from './flow/outcomes.ts';
import { Pipeline } from './flow/pipeline.ts';
import { Platforms } from './flow/platforms.ts';
import { requestId } from './flow/receipts.ts';
import type { Receipt } from './flow/request.ts';
import { Answers } from './host/answers.ts';
import { channelLog } from './host/channelLog.ts';
import { registerChatDoors } from './host/chatDoors.ts';
import { commandTable, registerCommands } from './host/commandTable.ts';
import { Connections } from './host/connections.ts';
import { DASHBOARD_VIEW, DashboardView } from './host/dashboardView.ts';
import type { DecisionView } from './host/decisionView.ts';
import { LimitToasts } from './host/limitToasts.ts';
import { LazyEdits } from './host/liveEditCommands.ts';
import { Meter } from './host/meter.ts';
import { Notices } from './host/notices.ts';
import { SettingsWatcher } from './host/settingsWatcher.ts';
import { TaskCommands } from './host/taskCommands.ts';
import { whyWords } from './host/words.ts';
import { Metrics } from './metrics/metrics.ts';
import { LazyLedger, type UsageLedger } from './metrics/usageLedger.ts';
import { answersAt } from './node/probe.ts';
import { sha256 } from './node/sha256.ts';
import type { SimulatedPlatform } from './node/simulatedPlatform.ts';
import { TokenCounter } from './node/tokenCounter.ts';
import { openTransport, SimulatedStart } from './openPlatforms.ts';
import { TokenEstimator } from './prompt/tokenEstimator.ts';
import type { Quota } from './quota/quota.ts';
import { LazyOutcomes } from './routing/outcomes.ts';
import { resolveModels } from './routing/resolveModels.ts';

/** What the suite inside VS Code may reach; given in test mode only. */
export interface TestHandle {
  readonly pipeline: Pipeline;
  readonly connections: Connections;
  readonly platforms: Platforms;
  readonly quota: Quota;
  readonly outcomes: Outcomes;
  readonly edits: LazyEdits;
  /** The simulated platform, once it has started. */
  readonly simulated: () => SimulatedPlatform | undefined;
}

const owned = new DisposableBag();

export function activate(context: vscode.ExtensionContext): TestHandle | undefined {
  const channel = owned.add(vscode.window.createOutputChannel('Sluice', { log: true }));
  const log = channelLog(channel);
  const settings = owned.add(new SettingsWatcher());
  const notices = new Notices(settings, log);
  const core = buildCore(context, settings, notices, log);
  const simulated = new SimulatedStart(log, settings);
  const connections = new Connections({
    platforms: core.platforms,
    simulated: simulated.platform,
    secrets: context.secrets,
    state: context.globalState,
    open: (kind, account, key) => openTransport(kind, account, key, { settings, log, quota: core.quota }),
    models: ({ id, kind, listed }) => resolveModels({ id, kind }, listed, settings.settings.models),
  });
  connections.apply();
  const edits = owned.add(new LazyEdits(clock));
  buildDoors({ context, core, connections, settings, notices, channel, edits });
  owned.add(
    declareLimits({
      ...core,
      settings: () => settings.settings,
      onSettings: (listener) => settings.onChange(listener),
    }),
  );
  let connection: string | undefined;
  const settle = () => {
    void notices.checkSettings();
    const now = connectionSettings(settings);
    // Transports are opened anew, and what is running is cut, only where it must be.
    if (connection !== undefined && now !== connection) connections.apply();
    connection = now;
  };
  owned.add(settings.onChange(settle));
  // Not while the extension starts: nobody waits for it.
  owned.add(clock.after(0, settle));
  context.subscriptions.push(owned);
  if (context.extensionMode !== vscode.ExtensionMode.Test) return undefined;
  const { pipeline, platforms, quota, outcomes } = core;
  return { pipeline, platforms, connections, quota, outcomes, edits, simulated: () => simulated.server };
}

function connectionSettings({ settings }: SettingsWatcher): string {
  const addresses = [settings['anthropic.baseUrl'], settings['openai.baseUrl'], settings['claudeCode.path']];
  return JSON.stringify([addresses, settings['request.timeoutSeconds'], settings.models]);
}

export function deactivate(): void {
  owned.dispose();
}

function buildCore(context: vscode.ExtensionContext, settings: SettingsWatcher, notices: Notices, log: Log) {
  const read = () => settings.settings;
  const platforms = owned.add(new Platforms());
  const quota = owned.add(openQuota(context, settings, notices));
  const counter = owned.add(new TokenCounter(context.asAbsolutePath('dist/tokenizerWorker.cjs'), clock));
  const learned = context.globalState.get<unknown>(ESTIMATOR);
  const estimator = TokenEstimator.fromJSON(learned, (text) => counter.count(text));
  const metrics = new Metrics(openHistory(context, notices));
  const outcomes = owned.add(new Outcomes(openOutcomes(context, notices), clock));
  const cache = new AnswerCache({
    hash: sha256,
    clock,
    settings: read,
    modelClass: () => platforms.signature,
  });
  const dispatcher = new Dispatcher({ platforms, quota, estimator, settings: read, clock, random, log });
  const pipeline = owned.add(new Pipeline({ dispatcher, cache, metrics, clock, random, log }));
  const refresh = owned.add(new LimitRefresh({ platforms, quota, clock, log }));
  const keep = owned.add(
    throttle(() => void context.globalState.update(ESTIMATOR, estimator.toJSON()), KEEP_EVERY_MS, clock),
  );
  owned.add(
    pipeline.onAnswer(({ platform }) => {
      void refresh.after(platform);
      keep.request();
    }),
  );
  return { platforms, quota, metrics, cache, pipeline, clock, estimator, log, outcomes };
}

function openQuota(context: vscode.ExtensionContext, settings: SettingsWatcher, notices: Notices): Quota {
  const file = vscode.Uri.joinPath(context.globalStorageUri, 'levels.db').fsPath;
  return machineQuota({
    clock,
    holder: `${process.pid}-${requestId(random)}`,
    settings: () => settings.settings,
    open: async (onFailure) => {
      const { SqliteLevels } = await import('./node/sqliteLevels.ts');
      return SqliteLevels.open({ file, clock, random, onFailure });
    },
    onFailure: (error) => notices.levelsFailed(error),
  });
}

/** Where what was learned of token counts is kept, and how often. */
const ESTIMATOR = 'sluice.tokenEstimator';
const KEEP_EVERY_MS = 30_000;

function openHistory(context: vscode.ExtensionContext, notices: Notices): UsageLedger {
  const file = vscode.Uri.joinPath(context.globalStorageUri, 'sluice.db').fsPath;
  const failed = (error: unknown) => notices.storageFailed(error);
  const open = async () => {
    const { SqliteLedger } = await import('./node/sqliteLedger.ts');
    return owned.add(await SqliteLedger.open(file, clock, failed));
  };
  return new LazyLedger(open, (failure) => {
    if (failure !== undefined) failed(failure);
  });
}

/** What becomes of answers; the file is opened with the first outcome. */
function openOutcomes(context: vscode.ExtensionContext, notices: Notices): LazyOutcomes {
  const file = vscode.Uri.joinPath(context.globalStorageUri, 'outcomes.db').fsPath;
  const failed = (error: unknown) => notices.storageFailed(error);
  return new LazyOutcomes(async () => {
    const { SqliteOutcomes } = await import('./node/sqliteOutcomes.ts');
    return owned.add(await SqliteOutcomes.open(file, clock, failed));
  }, failed);
}

interface Built {
  readonly context: vscode.ExtensionContext;
  readonly core: ReturnType<typeof buildCore>;
  readonly connections: Connections;
  readonly settings: SettingsWatcher;
  readonly notices: Notices;
  readonly channel: vscode.LogOutputChannel;
  readonly edits: LazyEdits;
}

function buildDoors({ context, core, connections, settings, notices, channel, edits }: Built): void {
  const { pipeline, platforms, quota, outcomes } = core;
  const read = () => settings.settings;
  const panel = { extension: context.extensionUri, clock };
  let decisions: Promise<DecisionView> | undefined;
  const showDecision = async (receipt: Receipt | undefined) => {
    decisions ??= import('./host/decisionView.ts').then((view) => owned.add(new view.DecisionView(panel)));
    return (await decisions).show(receipt);
  };
  const labelOf = (id: string) => platforms.list.find((platform) => platform.id === id)?.label ?? id;
  const answers = owned.add(
    new Answers({
      pipeline,
      panel,
      outcomes,
      labelOf,
      onOtherAction: (action, receipt) => {
        if (action === 'decision') void showDecision(receipt);
        else
          void vscode.commands.executeCommand(
            action === 'connect' ? 'sluice.connectPlatform' : 'sluice.openDashboard',
          );
      },
    }),
  );
  const dashboard = owned.add(
    new DashboardView({
      ...panel,
      snapshot: () =>
        buildSnapshot(core, { why: ({ decision }) => whyWords(decision), notices: () => notices.all() }),
      onCommand: (command, id) => void vscode.commands.executeCommand(PANEL_TARGETS[command], id),
    }),
  );
  const meter = owned.add(
    new Meter({
      clock,
      buckets: () => bucketViews(core, clock.now()),
      platforms: () => platforms.list,
      running: () => pipeline.running,
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
  for (const source of [pipeline, quota, platforms, settings]) owned.add(source.onChange(changed));
  owned.add(vscode.window.registerWebviewViewProvider(DASHBOARD_VIEW, dashboard));
  owned.add(registerChatDoors({ ...core, settings: read }, context.extensionUri));
  const ask = { answers, clock, settings: read };
  const tasks = owned.add(new TaskCommands({ ...ask, pipeline, outcomes, labelOf }));
  const showLog = () => channel.show(true);
  const probe = (baseUrl: string) => answersAt(baseUrl, clock);
  const deps = { ask, answers, connections, showDecision, pipeline, probe, edits, showLog, tasks };
  const table = commandTable(deps);
  owned.add(registerCommands(table, (error) => void notices.bug(error, showLog)));
}

const PANEL_TARGETS = {
  connect: 'sluice.connectPlatform',
  explain: 'sluice.explainSelection',
  decision: 'sluice.showLastDecision',
} as const;
