/** The simulated platform: its server starts with the first request and ends with its transport. Units: milliseconds. */
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Platform } from '../flow/platforms.ts';
import type { ModelTransport } from '../flow/transport.ts';
import { bindModel } from '../routing/catalogue.ts';
import { SIMULATED_MODELS } from '../routing/simulatedModels.ts';
import type { SimulatedPlatform } from './simulatedPlatform.ts';

const SIMULATED_SEED = 1;

export class SimulatedStart {
  readonly platform: Platform;
  server: SimulatedPlatform | undefined;

  /** `timeoutMs` is asked for each time that it starts. */
  constructor(label: string, clock: Clock, log: Log, timeoutMs: () => number) {
    const id = 'simulated';
    this.platform = {
      id,
      label,
      simulated: true,
      models: SIMULATED_MODELS.map((row) => bindModel(row, id, true)),
      open: () => this.#open(clock, log, timeoutMs()),
    };
  }

  async #open(clock: Clock, log: Log, timeoutMs: number): Promise<ModelTransport> {
    const [{ startSimulatedPlatform }, { AnthropicTransport }] = await Promise.all([
      import('./simulatedPlatform.ts'),
      import('./anthropicTransport.ts'),
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
