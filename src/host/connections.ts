/** Which platforms are connected, and their keys: names in the global state, keys in VS Code's secret storage only. */
import type * as vscode from 'vscode';
import { SluiceError } from '../base/errors.ts';
import type { Platform, Platforms } from '../flow/platforms.ts';
import type { ModelTransport } from '../flow/transport.ts';
import { bindModel, type ModelRow } from '../routing/catalogue.ts';

/** A sort of platform that a person can connect with a key. */
export interface PlatformKind {
  readonly id: string;
  readonly label: string;
  /** What its keys look like; shown while typing. */
  readonly keyHint: string;
  readonly models: readonly ModelRow[];
  readonly open: (key: string) => Promise<ModelTransport>;
}

export interface ConnectionsDeps {
  readonly platforms: Platforms;
  readonly kinds: readonly PlatformKind[];
  readonly simulated: Platform;
  readonly secrets: vscode.SecretStorage;
  readonly state: vscode.Memento;
}

const CONNECTED = 'sluice.connected';
const SIMULATED = 'sluice.useSimulated';

export class Connections {
  readonly #deps: ConnectionsDeps;

  constructor(deps: ConnectionsDeps) {
    this.#deps = deps;
  }

  get kinds(): readonly PlatformKind[] {
    return this.#deps.kinds;
  }

  get connected(): readonly PlatformKind[] {
    const ids = this.#deps.state.get<unknown>(CONNECTED);
    return Array.isArray(ids) ? this.#deps.kinds.filter(({ id }) => ids.includes(id)) : [];
  }

  /** True while the simulated platform answers: it is asked for, or nothing else is connected. */
  get simulated(): boolean {
    return this.#deps.state.get<unknown>(SIMULATED) === true || this.connected.length === 0;
  }

  /** Tells the pipeline which platforms there are now. Opens none. */
  apply(): void {
    const real = this.connected.map((kind) => this.#platformOf(kind));
    this.#deps.platforms.set(this.simulated ? [this.#deps.simulated] : real);
  }

  /** Tries the key before it is kept; throws what the transport's `check` throws, and then nothing has changed. */
  async connect(kind: PlatformKind, key: string, signal: AbortSignal): Promise<void> {
    const transport = await kind.open(key);
    try {
      await transport.check(signal);
    } finally {
      transport.dispose();
    }
    signal.throwIfAborted();
    await this.#deps.secrets.store(secretOf(kind), key);
    const ids = new Set([...this.connected.map(({ id }) => id), kind.id]);
    await this.#deps.state.update(CONNECTED, [...ids]);
    await this.#deps.state.update(SIMULATED, false);
    this.apply();
  }

  /** Forgets the key as well. */
  async disconnect(kind: PlatformKind): Promise<void> {
    await this.#deps.secrets.delete(secretOf(kind));
    const ids = this.connected.map(({ id }) => id).filter((id) => id !== kind.id);
    await this.#deps.state.update(CONNECTED, ids);
    this.apply();
  }

  async useSimulated(): Promise<void> {
    await this.#deps.state.update(SIMULATED, true);
    this.apply();
  }

  #platformOf(kind: PlatformKind): Platform {
    return {
      id: kind.id,
      label: kind.label,
      simulated: false,
      models: kind.models.map((row) => bindModel(row, kind.id, false)),
      open: async () => {
        const key = await this.#deps.secrets.get(secretOf(kind));
        if (key === undefined) throw new SluiceError('invalid-key', { platform: kind.id });
        return kind.open(key);
      },
    };
  }
}

function secretOf({ id }: PlatformKind): string {
  return `sluice.key.${id}`;
}
