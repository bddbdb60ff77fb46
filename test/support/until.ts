/** Waiting for a condition, never for a time. Units: milliseconds. */
const pollMs = 50;

export interface Wait {
  /** Completes the sentence 'waited N s for …'. */
  readonly what: string;
  readonly timeoutMs: number;
}

/** Asks until the answer is neither `undefined` nor `false`; throws after `timeoutMs`, or the signal's reason. */
export async function until<T>(
  { what, timeoutMs }: Wait,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  signal?: AbortSignal,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    const answer = await probe();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`Waited ${timeoutMs / 1000} s for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
