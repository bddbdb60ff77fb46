/** Runs in a worker thread: counts tokens by o200k, so that its 100 ms of loading never stops the editor. */
import { parentPort } from 'node:worker_threads';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';

export interface CountJob {
  readonly id: number;
  readonly text: string;
}
export interface CountDone {
  readonly id: number;
  readonly tokens: number;
}

/**
 * A long run of one character costs the tokenizer seconds (50,000 spaces: 0.5 s); no text of a person has one that
 * matters, so runs are cut to this many characters.
 */
const LONGEST_RUN = 200;
const RUN = new RegExp(`([\\s\\S])\\1{${LONGEST_RUN},}`, 'g');

parentPort?.on('message', ({ id, text }: CountJob) => {
  const cut = text.replace(RUN, (run) => run.slice(0, LONGEST_RUN));
  const done: CountDone = { id, tokens: countTokens(cut, { disallowedSpecial: new Set() }) };
  parentPort?.postMessage(done);
});
