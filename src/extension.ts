/** Joins the edges: builds everything, owns everything, and ends it with the window. */
import * as vscode from 'vscode';
import { systemClock as clock } from './base/clock.ts';
import { DisposableBag } from './base/disposable.ts';
import { buildCore } from './buildCore.ts';
import { buildDoors } from './buildDoors.ts';
import type { AnswerCache } from './flow/answerCache.ts';
import type { LazyLowerLevels } from './flow/lazyLowerLevels.ts';
import { declareLimits } from './flow/machineQuota.ts';
import type { Outcomes } from './flow/outcomes.ts';
import type { Pipeline } from './flow/pipeline.ts';
import type { Platforms } from './flow/platforms.ts';
import type { Trials } from './flow/trials.ts';
import { channelLog } from './host/channelLog.ts';
import { Connections } from './host/connections.ts';
import { LazyEdits } from './host/liveEditCommands.ts';
import { Notices } from './host/notices.ts';
import type { QueuedTasks } from './host/queuedTasks.ts';
import { SettingsWatcher } from './host/settingsWatcher.ts';
import type { SimulatedPlatform } from './node/simulatedPlatform.ts';
import { openTransport, SimulatedStart } from './openPlatforms.ts';
import type { Quota } from './quota/quota.ts';
import { resolveModels } from './routing/resolveModels.ts';

/** What the suite inside VS Code may reach; given in test mode only. */
export interface TestHandle {
  readonly pipeline: Pipeline;
  readonly cache: AnswerCache;
  readonly lower: LazyLowerLevels;
  readonly connections: Connections;
  readonly platforms: Platforms;
  readonly quota: Quota;
  readonly notices: Notices;
  readonly outcomes: Outcomes;
  readonly trials: Trials;
  readonly edits: LazyEdits;
  readonly queued: () => Promise<QueuedTasks>;
  /** The simulated platform, once it has started. */
  readonly simulated: () => SimulatedPlatform | undefined;
}

const owned = new DisposableBag();
/** What a window that closes waits for. */
let kept: (() => Promise<void>) | undefined;

export function activate(context: vscode.ExtensionContext): TestHandle | undefined {
  const channel = owned.add(vscode.window.createOutputChannel('Sluice', { log: true }));
  const log = channelLog(channel);
  const settings = owned.add(new SettingsWatcher());
  const notices = new Notices(settings, log);
  const core = buildCore({ context, settings, notices, log, owned });
  const simulated = new SimulatedStart(log, settings);
  const connections = new Connections({
    platforms: core.platforms,
    simulated: simulated.platform,
    secrets: context.secrets,
    state: context.globalState,
    open: (kind, account, key) => openTransport(kind, account, key, { settings, log, quota: core.quota }),
    models: ({ id, kind, listed }) => resolveModels({ id, kind }, listed, settings.settings.models),
    onRemoved: (id) => core.quota.forget(id),
  });
  connections.apply();
  const edits = owned.add(new LazyEdits(clock));
  const { queue } = buildDoors({ context, core, connections, settings, notices, channel, edits, owned });
  kept = () => queue.kept();
  const onSettings = (listener: () => void) => settings.onChange(listener);
  owned.add(declareLimits({ ...core, settings: () => settings.settings, onSettings }));
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
  const { pipeline, cache, lower, platforms, quota, outcomes, trials } = core;
  return {
    pipeline,
    cache,
    lower,
    platforms,
    connections,
    quota,
    notices,
    outcomes,
    trials,
    edits,
    queued: queue.get,
    simulated: () => simulated.server,
  };
}

function connectionSettings({ settings }: SettingsWatcher): string {
  const addresses = [settings['anthropic.baseUrl'], settings['openai.baseUrl'], settings['claudeCode.path']];
  return JSON.stringify([addresses, settings['request.timeoutSeconds'], settings.models]);
}

/** VS Code waits for it, for a few seconds. */
export async function deactivate(): Promise<void> {
  owned.dispose();
  await kept?.();
}
