/**
 * Which names a team's Redis may hold, without asking it: a Bloom filter whose bits lie in Redis. A window reads them when
 * they have changed; what came since then it does not know, and finds it when it asks for the right to make the value.
 * Units: milliseconds, bytes.
 */
import type { Buffer } from 'node:buffer';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { BloomFilter, positionsOf } from '../cache/bloomFilter.ts';

export interface RedisFilterDeps {
  readonly prefix: string;
  readonly clock: Clock;
  readonly ask: (command: string, args: (string | Buffer)[]) => Promise<unknown>;
}

/** 128 kB: one wrong yes in a hundred at 100,000 names. */
const BYTES = 131_072;
/** Names live two hours at most: those of this period and of the one before are all that can be there. */
const PERIOD_MS = 4 * 3_600_000;
const LOOK_EVERY_MS = 10_000;

export class RedisFilter implements Disposable {
  readonly #deps: RedisFilterDeps;
  readonly #counts = { asked: 0, spared: 0, wrong: 0 };
  /** Absent until the bits are known. */
  #known: BloomFilter | undefined;
  #version = '';
  #looking: Disposable | undefined;
  #closed = false;

  constructor(deps: RedisFilterDeps) {
    this.#deps = deps;
  }

  get counts() {
    return { ...this.#counts };
  }

  mayHave(name: string): boolean {
    this.#counts.asked += 1;
    if (this.#known === undefined || this.#known.mayHave(name)) return true;
    this.#counts.spared += 1;
    return false;
  }

  wasWrong(name: string): void {
    if (this.#known?.mayHave(name)) this.#counts.wrong += 1;
  }

  async add(name: string): Promise<void> {
    this.#known?.add(name);
    const bits = this.#at(this.#period());
    const places = positionsOf(name, BYTES * 8).flatMap((at) => ['SET', 'u1', `${at}`, '1']);
    await Promise.all([
      this.#deps.ask('BITFIELD', [bits, ...places]),
      this.#deps.ask('PEXPIRE', [bits, `${2 * PERIOD_MS}`]),
      this.#deps.ask('INCR', [this.#at('version')]),
    ]);
  }

  /** Reads the bits now and whenever they have changed. Until then every name may be there. */
  start(): void {
    this.#known = undefined;
    this.#version = '';
    void this.#look();
  }

  dispose(): void {
    this.#closed = true;
    this.#looking?.dispose();
  }

  async #look(): Promise<void> {
    this.#looking?.dispose();
    try {
      const version = `${await this.#deps.ask('GET', [this.#at('version')])} ${this.#period()}`;
      if (version !== this.#version) await this.#read(version);
    } catch {
      // Without its bits the filter lets everything through.
      this.#known = undefined;
      this.#version = '';
    }
    if (!this.#closed) this.#looking = this.#deps.clock.after(LOOK_EVERY_MS, () => void this.#look());
  }

  async #read(version: string): Promise<void> {
    const period = this.#period();
    const parts = (await this.#deps.ask('MGET', [
      this.#at(period),
      this.#at(period - 1),
    ])) as (Buffer | null)[];
    const bits = new Uint8Array(BYTES);
    for (const part of parts) {
      const length = Math.min(BYTES, part?.length ?? 0);
      // By index: an iterator over each byte would hold the editor's thread for 10 to 27 ms.
      for (let at = 0; at < length; at += 1) bits[at] = (bits[at] ?? 0) | (part?.[at] ?? 0);
    }
    this.#known = new BloomFilter(bits);
    this.#version = version;
  }

  #period(): number {
    return Math.floor(this.#deps.clock.now() / PERIOD_MS);
  }

  #at(what: number | 'version'): string {
    return `${this.#deps.prefix}:cache:b:${what}`;
  }
}
