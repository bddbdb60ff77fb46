/**
 * How many tasks can run without meeting a limit at best, whoever decides: one bucket of all platforms together, and the
 * largest tasks delayed for nothing (Moore and Hodgson's rule for the fewest late jobs). Units: milliseconds, tokens.
 */
import type { TracedTask } from './traceData.ts';

/** Share of tasks, 0…1; no scheduler can do better, not even one that knows the future. */
export function mostWithoutLimit(tasks: readonly TracedTask[], tokensPerMinute: number): number {
  const refillPerMs = tokensPerMinute / 60_000;
  let [level, atMs, delayed] = [tokensPerMinute, 0, 0];
  /** Served since the bucket was last full, smallest first: what was served before takes nothing from now. */
  let served: number[] = [];
  for (const task of tasks) {
    level += (task.atMs - atMs) * refillPerMs;
    atMs = task.atMs;
    if (level >= tokensPerMinute) {
      level = tokensPerMinute;
      served = [];
    }
    const size = task.inputTokens + task.outputTokens;
    served.splice(placeOf(served, size), 0, size);
    level -= size;
    while (level < 0) {
      level += served.pop() ?? 0;
      delayed += 1;
    }
  }
  return 1 - delayed / tasks.length;
}

function placeOf(sorted: readonly number[], size: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= size) low = middle + 1;
    else high = middle;
  }
  return low;
}
