/** One toast for each limit and threshold that it passes; 'Don't Show Again' is remembered. */
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import { throttle } from '../base/throttle.ts';
import type { Settings } from '../flow/settings.ts';
import { type LimitState, ownerLabel } from '../quota/limit.ts';
import { type Crossing, limitKey, ThresholdWatch } from '../quota/thresholdWatch.ts';
import { limitWords } from './meterFace.ts';
import { duration, percent } from './words.ts';

const t = vscode.l10n.t;
/** Answers come in bursts; one look a second is enough. */
const LOOK_MS = 1_000;
const SILENCED = 'sluice.silencedLimits';

export interface LimitToastsDeps {
  readonly states: () => readonly LimitState[];
  readonly settings: () => Settings;
  readonly labelOf: (platform: string) => string;
  readonly state: vscode.Memento;
  readonly clock: Clock;
}

export class LimitToasts implements Disposable {
  readonly #deps: LimitToastsDeps;
  readonly #bag = new DisposableBag();
  readonly #watch = new ThresholdWatch();
  readonly #look: { request(): void };

  constructor(deps: LimitToastsDeps) {
    this.#deps = deps;
    this.#look = this.#bag.add(throttle(() => this.#check(), LOOK_MS, deps.clock));
  }

  changed(): void {
    this.#look.request();
  }

  dispose(): void {
    this.#bag.dispose();
  }

  #check(): void {
    const { states, settings } = this.#deps;
    const thresholds = settings()['quota.alertAtPercent'].map((share) => share / 100);
    for (const crossing of this.#watch.check(states(), thresholds)) void this.#tell(crossing);
  }

  async #tell({ limit, threshold, used }: Crossing): Promise<void> {
    const { state, labelOf } = this.#deps;
    const silenced = state.get<readonly string[]>(SILENCED, []);
    const key = `${limitKey(limit)}|${threshold}`;
    if (silenced.includes(key)) return;
    const [dashboard, never] = [t('Open Dashboard'), t('Don’t Show Again')];
    const picked = await vscode.window.showWarningMessage(
      toastWords(limit, used, ownerLabel(limit, labelOf)),
      dashboard,
      never,
    );
    if (picked === dashboard) await vscode.commands.executeCommand('sluice.openDashboard');
    if (picked === never) await state.update(SILENCED, [...state.get<readonly string[]>(SILENCED, []), key]);
  }
}

function toastWords(limit: LimitState, used: number, platform: string): string {
  const name = [limit.model, limitWords(limit, t)].filter(Boolean).join(' ');
  const shown = percent(used);
  return limit.fullInMs === undefined
    ? t('{0}: {1} of the limit “{2}” is used.', platform, shown, name)
    : t(
        '{0}: {1} of the limit “{2}” is used. It is back in {3}.',
        platform,
        shown,
        name,
        duration(limit.fullInMs),
      );
}
