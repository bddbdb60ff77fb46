/**
 * What is adapted to how a platform does and to how fast money goes: what its tokens count for the choice of a model, and
 * how much of a share that stays unused is lent. Both only ever make it less, within bounds, and only what a person has
 * not turned off. Units: milliseconds, parts in [0, 1].
 */
import type { Clock } from '../base/clock.ts';
import type { LimitState } from '../quota/limit.ts';
import { type Attempt, NO_TROUBLE, PlatformHealth, type Trouble } from '../quota/platformHealth.ts';
import { spendPace } from '../quota/spendPace.ts';

/** Why less is lent, or a platform is taken less gladly. */
export type Restraint =
  /** Of the newest attempts so many failed. */
  | { readonly kind: 'unsteady'; readonly failed: number; readonly factor: number; readonly lent: number }
  | { readonly kind: 'slow'; readonly slower: number; readonly factor: number }
  /** Money goes `times` as fast as its window. */
  | { readonly kind: 'haste'; readonly times: number; readonly lent: number };

export interface AdaptationSettings {
  readonly 'quota.adaptToPerformance': boolean;
  readonly 'quota.adaptToCost': boolean;
}

const MOST_PLATFORMS = 50;

export class Adaptation {
  readonly #clock: Clock;
  readonly #settings: () => AdaptationSettings;
  readonly #health = new Map<string, PlatformHealth>();

  constructor(clock: Clock, settings: () => AdaptationSettings) {
    this.#clock = clock;
    this.#settings = settings;
  }

  note(platform: string, attempt: Attempt): void {
    const health = this.#health.get(platform) ?? new PlatformHealth();
    if (this.#health.size < MOST_PLATFORMS) this.#health.set(platform, health);
    health.note(attempt, this.#clock.monotonic());
  }

  trouble(platform: string): Trouble {
    if (!this.#settings()['quota.adaptToPerformance']) return NO_TROUBLE;
    return this.#health.get(platform)?.trouble(this.#clock.monotonic()) ?? NO_TROUBLE;
  }

  /** `key`: a platform, or a bucket that several charge. */
  restraints(key: string, states: readonly LimitState[]): Restraint[] {
    const { failed, slower, factor } = this.trouble(key);
    const found: Restraint[] = [];
    if (failed > 0) found.push({ kind: 'unsteady', failed, factor, lent: 1 - failed });
    if (slower > 1) found.push({ kind: 'slow', slower, factor });
    if (!this.#settings()['quota.adaptToCost']) return found;
    const paces = states
      .filter(({ platform, shared }) => platform === key || shared?.platforms.includes(key))
      .flatMap((state) => spendPace(state) ?? [])
      .toSorted((a, b) => a.kept - b.kept);
    const [worst] = paces;
    if (worst) found.push({ kind: 'haste', times: worst.times, lent: worst.kept });
    return found;
  }

  /** The part that is lent of what could be. */
  lent(key: string, states: readonly LimitState[]): number {
    const parts = this.restraints(key, states).map((one) => (one.kind === 'slow' ? 1 : one.lent));
    return parts.reduce((product, part) => product * part, 1);
  }
}
