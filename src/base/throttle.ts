/** At most one run in each interval: the first at once, the last never lost. Units: milliseconds. */
import type { Clock } from './clock.ts';
import type { Disposable } from './disposable.ts';

export interface Throttled extends Disposable {
  request(): void;
}

export function throttle(run: () => void, intervalMs: number, clock: Clock): Throttled {
  let timer: Disposable | undefined;
  let wanted = false;
  let disposed = false;
  const begin = () => {
    run();
    timer = clock.after(intervalMs, () => {
      timer = undefined;
      if (!wanted || disposed) return;
      wanted = false;
      begin();
    });
  };
  return {
    request: () => {
      if (disposed) return;
      if (timer) wanted = true;
      else begin();
    },
    dispose: () => {
      disposed = true;
      timer?.dispose();
    },
  };
}
