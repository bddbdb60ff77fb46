/** Joins the edges: builds everything, owns everything, and ends it with the window. */
import * as vscode from 'vscode';
import { systemClock as clock } from './base/clock.ts';
import { DisposableBag } from './base/disposable.ts';
import type { Log } from './base/log.ts';
import { systemRandom as random } from './base/random.ts';
import { throttle } from './base/throttle.ts';
import { AnswerCache } from './flow/answerCache.ts';
import { bucketViews, buildSnapshot, type SnapshotSources } from './flow/buildSnapshot.ts';
import { Dispatcher } from './flow/dispatcher.ts';
import { LimitRefresh } from './flow/limitRefresh.ts';
import { Pipeline } from './flow/pipeline.ts';
import { type Platform, Platforms } from './flow/platforms.ts';
import type { Receipt } from './flow/request.ts';
import type { Settings } from './flow/settings.ts';
import type { ModelTransport } from './flow/transport.ts';
import type { Account } from './host/accounts.ts';
import { Answers } from './host/answers.ts';
import { channelLog } from './host/channelLog.ts';
import { commandTable, registerCommands } from './host/commandTable.ts';
import { Connections } from './host/connections.ts';
import { DASHBOARD_VIEW, DashboardView } from './host/dashboardView.ts';
import type { DecisionView } from './host/decisionView.ts';
import { LazyEdits } from './host/liveEditCommands.ts';
import { Meter } from './host/meter.ts';
import { Notices } from './host/notices.ts';
import type { PlatformKind } from './host/platformKinds.ts';
import { SettingsWatcher } from './host/settingsWatcher.ts';
import { whyWords } from './host/words.ts';
import { Metrics } from './metrics/metrics.ts';
import { LazyLedger, type UsageLedger } from './metrics/usageLedger.ts';
import { answersAt } from './node/probe.ts';
import { sha256 } from './node/sha256.ts';
import type { SimulatedPlatform } from './node/simulatedPlatform.ts';
import { TokenCounter } from './node/tokenCounter.ts';
import { TokenEstimator } from './prompt/tokenEstimator.ts';
import type { LimitReading } from './quota/limitReading.ts';
import { Quota } from './quota/quota.ts';
import { limitEndpointOf } from './quota/quotaReplies.ts';
import { bindModel } from './routing/catalogue.ts';
import { resolveModels } from './routing/resolveModels.ts';
import { SIMULATED_MODELS } from './routing/simulatedModels.ts';

/** What the suite inside VS Code may reach; given in test mode only. */
export interface TestHandle {
  readonly pipeline: Pipeline;
  readonly connections: Connections;
  readonly platforms: Platforms;
  readonly quota: Quota;
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
  const { pipeline, platforms, quota } = core;
  return { pipeline, platforms, connections, quota, edits, simulated: () => simulated.server };
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
  const quota = new Quota(clock);
  const counter = owned.add(new TokenCounter(context.asAbsolutePath('dist/tokenizerWorker.cjs'), clock));
  const learned = context.globalState.get<unknown>(ESTIMATOR);
  const estimator = TokenEstimator.fromJSON(learned, (text) => counter.count(text));
  const metrics = new Metrics(openHistory(context, notices));
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
  return { platforms, quota, metrics, cache, pipeline, clock } satisfies SnapshotSources;
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

interface Built {
  readonly context: vscode.ExtensionContext;
  readonly core: SnapshotSources;
  readonly connections: Connections;
  readonly settings: SettingsWatcher;
  readonly notices: Notices;
  readonly channel: vscode.LogOutputChannel;
  readonly edits: LazyEdits;
}

function buildDoors({ context, core, connections, settings, notices, channel, edits }: Built): void {
  const { pipeline, platforms, quota } = core;
  const read = () => settings.settings;
  const panel = { extension: context.extensionUri, clock };
  let decisions: Promise<DecisionView> | undefined;
  const showDecision = async (receipt: Receipt | undefined) => {
    decisions ??= import('./host/decisionView.ts').then((view) => owned.add(new view.DecisionView(panel)));
    return (await decisions).show(receipt);
  };
  const answers = owned.add(
    new Answers({
      pipeline,
      panel,
      labelOf: (id) => platforms.list.find((platform) => platform.id === id)?.label ?? id,
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
  const changed = () => {
    meter.changed();
    dashboard.changed();
  };
  for (const source of [pipeline, quota, platforms, settings]) owned.add(source.onChange(changed));
  owned.add(vscode.window.registerWebviewViewProvider(DASHBOARD_VIEW, dashboard));
  const ask = { answers, clock, settings: read };
  const showLog = () => channel.show(true);
  const probe = (baseUrl: string) => answersAt(baseUrl, clock);
  const chat = { ...core, settings: read, state: context.workspaceState, edits, owned };
  const table = commandTable({ ask, connections, showDecision, pipeline, probe, edits, chat, showLog });
  owned.add(registerCommands(table, (error) => void notices.bug(error, showLog)));
}

const PANEL_TARGETS = {
  connect: 'sluice.connectPlatform',
  explain: 'sluice.explainSelection',
  decision: 'sluice.showLastDecision',
} as const;

/** Loads the SDK that a platform's wire needs; opens no connection yet. */
async function openTransport(
  kind: PlatformKind,
  account: Account,
  key: string,
  { settings: { settings }, log, quota }: { settings: SettingsWatcher; log: Log; quota: Quota },
): Promise<ModelTransport> {
  const baseUrl = addressOf(kind, account, settings);
  const deps = {
    platform: account.id,
    // A program on this machine asks for no key, the SDKs do.
    apiKey: key === '' ? 'none' : key,
    timeoutMs: settings['request.timeoutSeconds'] * 1_000,
    clock,
    ...(baseUrl === undefined ? {} : { baseUrl }),
  };
  if (kind.wire === 'vscode') {
    const { VscodeTransport } = await import('./host/vscodeTransport.ts');
    return new VscodeTransport(account.id);
  }
  if (kind.wire === 'claude-code') {
    const { openClaudeCode } = await import('./node/claudeCode.ts');
    const onLimits = (readings: readonly LimitReading[]) => quota.read(account.id, readings);
    return openClaudeCode({ ...deps, path: settings['claudeCode.path'], log, onLimits });
  }
  if (kind.wire === 'anthropic') {
    const { AnthropicTransport } = await import('./node/anthropicTransport.ts');
    return new AnthropicTransport(deps);
  }
  const { OpenaiTransport } = await import('./node/openaiTransport.ts');
  const limits = limitEndpointOf(kind.id);
  return new OpenaiTransport({ ...deps, api: kind.wire, ...(limits === undefined ? {} : { limits }) });
}

/** The settings name a gateway for the two vendors' own APIs. */
function addressOf({ id }: PlatformKind, { baseUrl }: Account, settings: Settings): string | undefined {
  const own =
    id === 'anthropic' ? settings['anthropic.baseUrl'] : id === 'openai' ? settings['openai.baseUrl'] : '';
  return own === '' ? baseUrl : own;
}

/** The simulated platform: its server starts with the first request and ends with its transport. */
class SimulatedStart {
  readonly platform: Platform;
  server: SimulatedPlatform | undefined;

  constructor(log: Log, settings: SettingsWatcher) {
    const id = 'simulated';
    this.platform = {
      id,
      label: vscode.l10n.t('Simulated platform'),
      simulated: true,
      models: SIMULATED_MODELS.map((row) => bindModel(row, id, true)),
      open: () => this.#open(log, settings.settings['request.timeoutSeconds'] * 1_000),
    };
  }

  async #open(log: Log, timeoutMs: number): Promise<ModelTransport> {
    const [{ startSimulatedPlatform }, { AnthropicTransport }] = await Promise.all([
      import('./node/simulatedPlatform.ts'),
      import('./node/anthropicTransport.ts'),
    ]);
    const server = await startSimulatedPlatform({ seed: SIMULATED_SEED, clock, log });
    this.server = server;
    const transport = new AnthropicTransport({
      platform: this.platform.id,
      apiKey: server.token,
      baseUrl: server.url,
      timeoutMs,
      clock,
    });
    return {
      stream: (call, signal) => transport.stream(call, signal),
      check: (signal) => transport.check(signal),
      dispose: () => {
        transport.dispose();
        server.dispose();
        this.server = undefined;
      },
    };
  }
}

const SIMULATED_SEED = 1;
