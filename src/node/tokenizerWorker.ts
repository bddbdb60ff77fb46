/** Runs in a worker thread: counts tokens by o200k, so that its 100 ms of loading never stops the editor. */
import { parentPort } from 'node:worker_threads';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { boundedCount } from '../prompt/boundedCount.ts';

export interface CountJob {
  readonly id: number;
  readonly text: string;
}
export interface CountDone {
  readonly id: number;
  readonly tokens: number;
}

const options = { disallowedSpecial: new Set<string>() };

parentPort?.on('message', ({ id, text }: CountJob) => {
  const done: CountDone = { id, tokens: boundedCount(text, (piece) => countTokens(piece, options)) };
  parentPort?.postMessage(done);
});
