/**
 * Asks a platform what is left, where it can be asked: after an answer, not too often, and of all windows of the machine
 * only one. Units: milliseconds.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { SluiceError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Quota } from '../quota/quota.ts';
import type { Platforms } from './platforms.ts';

/** Limits of this kind move slowly, and asking is a request too. */
const NOT_BEFORE_MS = 60_000;

export interface LimitRefreshDeps {
  readonly platforms: Platforms;
  readonly quota: Quota;
  readonly clock: Clock;
  readonly log: Log;
}

export class LimitRefresh implements Disposable {
  readonly #deps: LimitRefreshDeps;
  readonly #abort = new AbortController();
  readonly #askedAtMs = new Map<string, number>();

  constructor(deps: LimitRefreshDeps) {
    this.#deps = deps;
  }

  /** `platform` has just answered. Never rejects: what could not be read stays as it was, and its age says so. */
  async after(platform: string): Promise<void> {
    const { platforms, quota, clock, log } = this.#deps;
    const before = this.#askedAtMs.get(platform);
    if (before !== undefined && clock.monotonic() - before < NOT_BEFORE_MS) return;
    this.#askedAtMs.set(platform, clock.monotonic());
    try {
      if (!(await quota.mayPoll(platform, NOT_BEFORE_MS))) return;
      const transport = await platforms.transport(platform);
      const readings = await transport.readLimits?.(this.#abort.signal);
      if (readings) quota.read(platform, readings);
    } catch (error) {
      const code = SluiceError.any(error) ? error.code : error instanceof Error ? error.name : typeof error;
      log.debug('limits not read', { platform, code });
    }
  }

  dispose(): void {
    this.#abort.abort(new DOMException('the window closes', 'AbortError'));
  }
}
