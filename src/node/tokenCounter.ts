/** Exact token counts from a worker thread, started by a count and ended when idle. Units: tokens. */
import { Worker } from 'node:worker_threads';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { CountDone, CountJob } from './tokenizerWorker.ts';

interface Waiting {
  readonly resolve: (tokens: number) => void;
  readonly reject: (error: unknown) => void;
}

/** The tokenizer's tables take 15–23 MB: they are not kept for a count that may never come. */
const IDLE_MS = 30_000;

export class TokenCounter implements Disposable {
  readonly #file: string;
  readonly #clock: Clock;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #next = 0;
  #idle: Disposable | undefined;

  /** `file`: path of the bundled worker. */
  constructor(file: string, clock: Clock) {
    this.#file = file;
    this.#clock = clock;
  }

  /** Rejects with what ended the worker. */
  count(text: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const job: CountJob = { id: this.#next, text };
      this.#next += 1;
      this.#waiting.set(job.id, { resolve, reject });
      this.#started().postMessage(job);
    });
  }

  dispose(): void {
    this.#end(new DOMException('the token counter has ended', 'AbortError'));
  }

  #started(): Worker {
    this.#idle?.dispose();
    if (this.#worker) return this.#worker;
    const worker = new Worker(this.#file);
    worker.unref();
    worker.on('message', ({ id, tokens }: CountDone) => {
      this.#waiting.get(id)?.resolve(tokens);
      this.#waiting.delete(id);
      if (this.#waiting.size > 0) return;
      this.#idle?.dispose();
      this.#idle = this.#clock.after(IDLE_MS, () => this.dispose());
    });
    worker.on('error', (error) => this.#end(error));
    this.#worker = worker;
    return worker;
  }

  #end(why: unknown): void {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#idle?.dispose();
    for (const waiting of this.#waiting.values()) waiting.reject(why);
    this.#waiting.clear();
    void worker?.terminate();
  }
}
