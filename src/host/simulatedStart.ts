/** The simulated platform: its server starts with the first request and ends with its transport. */
import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import type { Platform } from '../flow/platforms.ts';
import type { ModelTransport } from '../flow/transport.ts';
import { bindModel } from '../routing/catalogue.ts';
import { SIMULATED_MODELS } from '../routing/simulatedModels.ts';

export interface SimulatedStartDeps<S extends Disposable> {
  readonly startServer: () => Promise<S>;
  readonly connect: (platform: string, server: S) => Promise<ModelTransport>;
}

export class SimulatedStart<S extends Disposable> {
  readonly platform: Platform;
  readonly #deps: SimulatedStartDeps<S>;
  /** Once it has started. */
  server: S | undefined;

  constructor(deps: SimulatedStartDeps<S>) {
    const id = 'simulated';
    this.#deps = deps;
    this.platform = {
      id,
      label: vscode.l10n.t('Simulated platform'),
      simulated: true,
      models: SIMULATED_MODELS.map((row) => bindModel(row, id, true)),
      open: () => this.#open(),
    };
  }

  async #open(): Promise<ModelTransport> {
    const server = await this.#deps.startServer();
    this.server = server;
    const transport = await this.#deps.connect(this.platform.id, server);
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
