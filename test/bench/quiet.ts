/** Waiting for a moment in which a core of the machine is free, so that a figure is ours alone. Units: milliseconds. */
import { cpus } from 'node:os';

const intervalMs = 250;
/** Cores; ticks of the system's clock are coarse. */
const free = 0.9;

/** Whether there was one within `withinMs`. */
export async function quietMoment(withinMs: number): Promise<boolean> {
  const endMs = performance.now() + withinMs;
  while (performance.now() < endMs) {
    const [idleMs, startedMs] = [idle(), performance.now()];
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
    if ((idle() - idleMs) / (performance.now() - startedMs) >= free) return true;
  }
  return false;
}

/** Of all cores together, since the machine was started. */
function idle(): number {
  return cpus().reduce((sum, { times }) => sum + times.idle, 0);
}
