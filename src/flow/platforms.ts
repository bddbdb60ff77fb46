/** The connected platforms: their models, and a transport each, opened on first use and kept. */
import type { Disposable } from '../base/disposable.ts';
import { SluiceError } from '../base/errors.ts';
import { Emitter } from '../base/event.ts';
import { automatic, type ModelInfo } from '../routing/catalogue.ts';
import type { ModelTransport } from './transport.ts';

export interface Platform {
  readonly id: string;
  readonly label: string;
  readonly simulated: boolean;
  readonly models: readonly ModelInfo[];
  /** Loads the SDK and starts what must be started; called once, again after a failure. */
  open(): Promise<ModelTransport>;
}

export class Platforms implements Disposable {
  readonly #changed = new Emitter<void>();
  readonly #transports = new Map<string, Promise<ModelTransport>>();
  #list: readonly Platform[] = [];
  #models: readonly ModelInfo[] = [];
  #signature = '';

  onChange(listener: () => void): Disposable {
    return this.#changed.on(listener);
  }

  get list(): readonly Platform[] {
    return this.#list;
  }

  get models(): readonly ModelInfo[] {
    return this.#models;
  }

  /** Changes when other models may answer: a part of cache keys. */
  get signature(): string {
    return this.#signature;
  }

  /** Its name for a person; of one that is gone its id. */
  readonly labelOf = (id: string): string => this.#list.find((platform) => platform.id === id)?.label ?? id;

  model(key: string): ModelInfo {
    const model = this.#models.find((candidate) => candidate.key === key);
    if (model === undefined) throw new SluiceError('model-not-found', { platform: '', model: key });
    return model;
  }

  /** Replaces the list; transports of every former platform are closed. */
  set(list: readonly Platform[]): void {
    this.#close();
    this.#list = list;
    this.#models = list.flatMap((platform) => platform.models);
    this.#signature = automatic(this.#models)
      .map((model) => model.key)
      .join(' ');
    this.#changed.fire();
  }

  async transport(id: string): Promise<ModelTransport> {
    const opened = this.#transports.get(id);
    if (opened) return opened;
    const platform = this.#list.find((candidate) => candidate.id === id);
    if (platform === undefined) throw new SluiceError('no-model', { why: 'none-connected' });
    const opening = platform.open();
    this.#transports.set(id, opening);
    opening.catch(() => this.#transports.delete(id));
    return opening;
  }

  dispose(): void {
    this.#close();
    this.#list = [];
    this.#models = [];
    this.#changed.dispose();
  }

  #close(): void {
    for (const opening of this.#transports.values()) {
      // One that never opened has nothing to close; its failure was reported to whoever asked for it.
      opening.then(
        (transport) => transport.dispose(),
        () => undefined,
      );
    }
    this.#transports.clear();
  }
}
