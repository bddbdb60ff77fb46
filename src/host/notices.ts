/** What is wrong with settings or storage: shown in the dashboard while it lasts, and said once in a toast. */
import * as vscode from 'vscode';
import { SluiceError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { errorWords } from './errorWords.ts';
import { type RedisTroubleName, redisWords } from './redisWords.ts';
import { SECTION, type SettingsWatcher } from './settingsWatcher.ts';

const t = vscode.l10n.t;
const REDIS_PASSWORD_TOLD = 'sluice.redisPasswordTold';

export class Notices {
  readonly #settings: SettingsWatcher;
  readonly #log: Log;
  #told = '';
  #storage: string | undefined;
  #levels: string | undefined;
  #levelsTold = false;
  #redis: string | undefined;
  #cache: string | undefined;

  constructor(settings: SettingsWatcher, log: Log) {
    this.#settings = settings;
    this.#log = log;
  }

  all(): readonly string[] {
    const rows = this.#settings.rejectedRows;
    const whole = this.#settings.rejected.filter((key) => rows.every((row) => row.key !== key));
    return [
      ...whole.map((key) =>
        t('The setting “{0}” has a value that cannot be used; its default is in force.', `${SECTION}.${key}`),
      ),
      ...rows.map(({ key, row, field }) =>
        t(
          'Row {0} of the setting “{1}” cannot be used ({2}); the other rows are in force.',
          row,
          `${SECTION}.${key}`,
          field,
        ),
      ),
      ...(this.#storage === undefined ? [] : [this.#storage]),
      ...(this.#levels === undefined ? [] : [this.#levels]),
      ...(this.#redis === undefined ? [] : [this.#redis]),
      ...(this.#cache === undefined ? [] : [this.#cache]),
    ];
  }

  /** A model behaves differently than it did, under the same name: said once for each. */
  drifted(modelKey: string, better: boolean): void {
    this.#log.warn('model changed', { model: modelKey, better });
    const words = better
      ? t('{0} does better than it used to; what was learned of it counts less from now on.', modelKey)
      : t('{0} does worse than it used to; what was learned of it counts less from now on.', modelKey);
    void vscode.window.showInformationMessage(`Sluice: ${words}`);
  }

  /** What was learned could not be read: said once. */
  learnedMovedAside(file: string): void {
    this.#log.warn('learned state unreadable', { file });
    const words = t(
      'What was learned of models could not be read. It was kept as {0}, and learning begins anew.',
      file,
    );
    void vscode.window.showWarningMessage(`Sluice: ${words}`);
  }

  /** Why the limits of the team cannot be shared just now. */
  get team(): string | undefined {
    return this.#redis;
  }

  /** What the person can mend is said in a toast too. */
  redis(trouble: RedisTroubleName | undefined): void {
    const words = trouble && redisWords(trouble);
    if (words === this.#redis) return;
    this.#redis = words;
    if (words === undefined) this.#log.info('team limits shared');
    if (words === undefined) return;
    this.#log.warn('team limits not shared', { why: trouble });
    if (trouble === 'password' || trouble === 'foreign' || trouble === 'cluster')
      void vscode.window.showWarningMessage(`Sluice: ${words}`);
  }

  /** A password in a setting is used, and told once where it belongs. */
  async redisPassword(url: string, state: vscode.Memento): Promise<void> {
    if (!URL.parse(url)?.password || state.get(REDIS_PASSWORD_TOLD)) return;
    await state.update(REDIS_PASSWORD_TOLD, true);
    const set = t('Set Redis Password…');
    const picked = await vscode.window.showWarningMessage(
      t('The address of your team’s Redis holds a password, and settings are no safe place for one.'),
      set,
    );
    if (picked === set) await vscode.commands.executeCommand('sluice.setRedisPassword');
  }

  /** One toast for each new set of bad settings. */
  async checkSettings(): Promise<void> {
    const rejected = this.#settings.rejected.map((key) => `${SECTION}.${key}`).join(', ');
    if (rejected === this.#told) return;
    this.#told = rejected;
    if (rejected === '') return;
    this.#log.warn('settings not usable', { keys: rejected });
    const open = t('Open Settings');
    const message = t(
      'Sluice cannot use a value of these settings; the dashboard says which: {0}.',
      rejected,
    );
    const picked = await vscode.window.showWarningMessage(message, open);
    if (picked === open)
      await vscode.commands.executeCommand('workbench.action.openSettings', rejected.split(', ')[0]);
  }

  /** A fault of ours. The log gets its kind and place; its message may quote code, so it gets no more. */
  async bug(error: unknown, showLog: () => void): Promise<void> {
    const [, at] = (error instanceof Error ? (error.stack ?? '') : '').split(/\n\s+at /);
    this.#log.error('bug', { name: error instanceof Error ? error.name : typeof error, at });
    const show = t('Show Log');
    const picked = await vscode.window.showErrorMessage(
      t('Something in Sluice failed. Its log says more.'),
      show,
    );
    if (picked === show) showLog();
  }

  /** The history cannot be kept; said once. */
  storageFailed(error: unknown): void {
    const known = SluiceError.is(error, 'storage-unusable');
    const words = known
      ? errorWords(error, String)
      : t('The usage history cannot be kept: this host has no SQLite.');
    this.#log.warn('history not kept', { why: known ? error.facts.why : 'no-sqlite' });
    if (this.#storage === undefined) void vscode.window.showWarningMessage(`Sluice: ${words}`);
    this.#storage = words;
  }

  /** Nothing can be kept on disk, or a damaged file was put aside; said once. */
  cacheFailed(error: unknown): void {
    const why = SluiceError.is(error, 'storage-unusable') ? error.facts.why : 'no-sqlite';
    this.#log.warn('cache not on disk', { why });
    const words = cacheFailureWords(why);
    if (words === this.#cache) return;
    this.#cache = words;
    void vscode.window.showWarningMessage(`Sluice: ${words}`);
  }

  /** Why what is left cannot be shared with other windows, said once; `undefined`: it can again. */
  levels(trouble: unknown): void {
    this.#levels = trouble === undefined ? undefined : levelsWords(trouble);
    const why = SluiceError.is(trouble, 'storage-unusable') ? trouble.facts.why : 'no-sqlite';
    if (trouble === undefined) this.#log.info('levels', { shared: true });
    else this.#log.warn('levels', { shared: false, why });
    if (this.#levels === undefined || this.#levelsTold) return;
    this.#levelsTold = true;
    void vscode.window.showWarningMessage(`Sluice: ${this.#levels}`);
  }
}

function levelsWords(trouble: unknown): string {
  const facts = SluiceError.is(trouble, 'storage-unusable') ? trouble.facts : undefined;
  if (facts?.why === 'newer-version')
    return t('A newer version of Sluice keeps what is left of your limits. This window counts for itself.');
  if (facts?.why === 'not-writable')
    return t(
      'What is left of your limits cannot be kept on disk ({0}). This window counts for itself until it can.',
      facts.detail,
    );
  return t('What is left of your limits cannot be shared with other windows. This window counts for itself.');
}

function cacheFailureWords(why: string): string {
  if (why === 'newer-version')
    return t('A newer version of Sluice keeps the cache on disk. This window keeps answers in memory.');
  if (why === 'corrupt') return t('The cache on disk was damaged: it was put aside and a new one begun.');
  return t('Answers cannot be kept on disk. This window keeps them in memory.');
}
