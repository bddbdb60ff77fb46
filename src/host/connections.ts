/** Connects, tries, pauses, renames and removes platforms, and tells the pipeline which ones there are. */
import type * as vscode from 'vscode';
import { SluiceError } from '../base/errors.ts';
import type { Platform, Platforms } from '../flow/platforms.ts';
import type { ModelTransport, ModelUse } from '../flow/transport.ts';
import { type AnyModelRow, bindModel } from '../routing/catalogue.ts';
import { type Account, freeId, parseAccounts } from './accounts.ts';
import { kindOf, type PlatformKind } from './platformKinds.ts';
import { type TrialReport, tryPlatform } from './platformTrial.ts';

export interface ConnectionsDeps {
  readonly platforms: Platforms;
  readonly simulated: Platform;
  readonly secrets: vscode.SecretStorage;
  readonly state: vscode.Memento;
  /** Makes the transport of an account; `key` is empty where there is none. */
  readonly open: (kind: PlatformKind, account: Account, key: string) => Promise<ModelTransport>;
  /** What is known of an account's models: catalogue, its own list, the person's settings. */
  readonly models: (account: Account) => readonly AnyModelRow[];
  /** An account has gone, and the next one of this id may be another person's. */
  readonly onRemoved: (id: string) => void;
}

export interface NewAccount {
  readonly kind: PlatformKind;
  /** Empty where there is none. */
  readonly key: string;
  readonly baseUrl?: string;
}

const ACCOUNTS = 'sluice.accounts';
const SIMULATED = 'sluice.useSimulated';

export class Connections {
  readonly #deps: ConnectionsDeps;

  constructor(deps: ConnectionsDeps) {
    this.#deps = deps;
  }

  get accounts(): readonly Account[] {
    return parseAccounts(this.#deps.state.get<unknown>(ACCOUNTS));
  }

  /** What is known of an account's models, paused or not. */
  modelsOf(account: Account): readonly AnyModelRow[] {
    return this.#deps.models(account);
  }

  /** True while the simulated platform answers: it is asked for, or nothing else can. */
  get simulated(): boolean {
    return this.#deps.state.get<unknown>(SIMULATED) === true || this.accounts.every(({ paused }) => paused);
  }

  /** Tells the pipeline which platforms there are now. Opens none. */
  apply(): void {
    const real = this.accounts
      .filter(({ paused }) => !paused)
      .flatMap((account) => this.#platformOf(account));
    this.#deps.platforms.set(this.simulated ? [this.#deps.simulated] : real);
  }

  /** Tries it before anything is kept; throws what the trial throws, and then nothing has changed. */
  async connect(
    { kind, key, baseUrl }: NewAccount,
    signal: AbortSignal,
  ): Promise<Account & { trial: TrialReport }> {
    const accounts = this.accounts;
    const id = kind.single ? kind.id : freeId(kind.id, accounts);
    const address = baseUrl ?? kind.baseUrl;
    const draft: Account = {
      id,
      kind: kind.id,
      name: nameOf(kind, id, baseUrl),
      paused: false,
      listed: [],
      ...(address === undefined ? {} : { baseUrl: address }),
    };
    const { account, trial } = await this.#try(kind, draft, key, signal);
    if (key !== '') await this.#deps.secrets.store(secretOf(id), key);
    await this.#save([...accounts.filter((other) => other.id !== id), account]);
    await this.#deps.state.update(SIMULATED, false);
    this.apply();
    return { ...account, trial };
  }

  /** Tries a connected platform again and keeps the models that it lists now. */
  async retry(account: Account, signal: AbortSignal): Promise<TrialReport> {
    const kind = kindOf(account.kind);
    if (kind === undefined) throw new SluiceError('no-model', { why: 'none-connected' });
    const key = (await this.#deps.secrets.get(secretOf(account.id))) ?? '';
    const tried = await this.#try(kind, account, key, signal);
    await this.#change(account.id, ({ listed: _before, ...rest }) => ({
      ...rest,
      listed: tried.account.listed,
    }));
    return tried.trial;
  }

  /** Absent where nothing can be known of it. */
  async usedElsewhere(
    { id }: Account,
    windowMs: number,
    signal: AbortSignal,
  ): Promise<readonly ModelUse[] | undefined> {
    const transport = await this.#deps.platforms.transport(id);
    return transport.usedElsewhere?.(windowMs, signal);
  }

  rename(id: string, name: string): Promise<void> {
    return this.#change(id, (account) => ({ ...account, name }));
  }

  pause(id: string, paused: boolean): Promise<void> {
    return this.#change(id, (account) => ({ ...account, paused }));
  }

  /** Forgets the key as well. */
  async remove(id: string): Promise<void> {
    await this.#deps.secrets.delete(secretOf(id));
    await this.#save(this.accounts.filter((account) => account.id !== id));
    this.apply();
    this.#deps.onRemoved(id);
  }

  async useSimulated(): Promise<void> {
    await this.#deps.state.update(SIMULATED, true);
    this.apply();
  }

  async #try(kind: PlatformKind, account: Account, key: string, signal: AbortSignal) {
    const transport = await this.#deps.open(kind, account, key);
    try {
      const models = (listed: readonly string[]) => this.#deps.models({ ...account, listed });
      const trial = await tryPlatform(transport, models, signal);
      signal.throwIfAborted();
      return { account: { ...account, listed: trial.listed }, trial };
    } finally {
      transport.dispose();
    }
  }

  async #change(id: string, change: (account: Account) => Account): Promise<void> {
    await this.#save(this.accounts.map((account) => (account.id === id ? change(account) : account)));
    this.apply();
  }

  async #save(accounts: readonly Account[]): Promise<void> {
    await this.#deps.state.update(ACCOUNTS, accounts);
  }

  #platformOf(account: Account): Platform[] {
    const kind = kindOf(account.kind);
    // Made by a newer version: kept, and left alone.
    if (kind === undefined) return [];
    return [
      {
        id: account.id,
        label: account.name,
        simulated: false,
        models: this.#deps.models(account).map((row) => bindModel(row, account.id, false)),
        open: async () => {
          const key = (await this.#deps.secrets.get(secretOf(account.id))) ?? '';
          if (key === '' && kind.key === 'required')
            throw new SluiceError('invalid-key', { platform: account.id });
          return this.#deps.open(kind, account, key);
        },
      },
    ];
  }
}

function secretOf(id: string): string {
  return `sluice.key.${id}`;
}

/** Two of one kind are told apart by number until the person names them. */
function nameOf(kind: PlatformKind, id: string, baseUrl: string | undefined): string {
  const base = kind.asksUrl && baseUrl !== undefined ? new URL(baseUrl).host : kind.label;
  const number = id.slice(kind.id.length + 1);
  return number === '' ? base : `${base} ${number}`;
}
