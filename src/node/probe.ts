/** Finds programs that serve models on this machine. Units: milliseconds. */
import { type Clock, delay } from '../base/clock.ts';
import { fetchBehindEditor, isOnThisMachine } from './nodeFetch.ts';

/** Where nobody listens the refusal comes at once; who listens may be slow on a busy machine. */
const WITHIN_MS = 2_000;

/** True when the address answers a request for its models; never rejects, never waits long. */
export async function answersAt(baseUrl: string, clock: Clock): Promise<boolean> {
  const abort = new AbortController();
  const tooLate = delay(WITHIN_MS, clock, abort.signal).then(
    () => false,
    () => false,
  );
  const ask = isOnThisMachine(baseUrl) ? (fetchBehindEditor() ?? fetch) : fetch;
  const asked = ask(`${baseUrl}/models`, { signal: abort.signal }).then(
    (response) => response.ok,
    () => false,
  );
  const found = await Promise.race([asked, tooLate]);
  abort.abort();
  return found;
}
