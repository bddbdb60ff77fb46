/** Opens what a platform is asked through: an SDK, a program, VS Code, or the simulated platform's server. */
import * as vscode from 'vscode';
import { systemClock as clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import type { Platform } from './flow/platforms.ts';
import type { Settings } from './flow/settings.ts';
import type { ModelTransport } from './flow/transport.ts';
import type { Account } from './host/accounts.ts';
import type { PlatformKind } from './host/platformKinds.ts';
import type { SettingsWatcher } from './host/settingsWatcher.ts';
import type { SimulatedPlatform } from './node/simulatedPlatform.ts';
import type { LimitReading } from './quota/limitReading.ts';
import type { Quota } from './quota/quota.ts';
import { limitEndpointOf } from './quota/quotaReplies.ts';
import { bindModel } from './routing/catalogue.ts';
import { SIMULATED_MODELS } from './routing/simulatedModels.ts';

/** Loads the SDK that a platform's wire needs; opens no connection yet. */
export async function openTransport(
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
    const mayWatch = (everyMs: number) => quota.mayPoll(`${account.id} watch`, everyMs);
    return openClaudeCode({ ...deps, path: settings['claudeCode.path'], log, onLimits, mayWatch });
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
export class SimulatedStart {
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
