/**
 * One small state in a JSON file of this machine, written behind the work and as a whole. Of several windows the one that
 * writes last wins: for what may be learned again.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { type Throttled, throttle } from '../base/throttle.ts';
import { unusable } from './sqliteFile.ts';

const WRITE_EVERY_MS = 5_000;

export class JsonFile implements Disposable {
  readonly #file: string;
  readonly #onFailure: (error: unknown) => void;
  readonly #writing: Throttled;
  #newest: unknown;
  /** What is being written. */
  #begun: string | undefined;
  #disposed = false;
  #ends: Promise<void> = Promise.resolve();

  /** `onFailure` hears `storage-unusable` for each write that did not succeed. */
  constructor(file: string, clock: Clock, onFailure: (error: unknown) => void) {
    this.#file = file;
    this.#onFailure = (error) => onFailure(unusable(error));
    this.#writing = throttle(() => this.#begin(), WRITE_EVERY_MS, clock);
  }

  /** Undefined: there is none, or it is no JSON. */
  async read(): Promise<unknown> {
    try {
      return JSON.parse(await readFile(this.#file, 'utf8'));
    } catch {
      return undefined;
    }
  }

  write(state: unknown): void {
    this.#newest = state;
    this.#writing.request();
  }

  /** Resolves when all writes that have begun are over. */
  settled(): Promise<void> {
    return this.#ends;
  }

  /** What is not there yet is there when this returns: the window may be gone right after. */
  dispose(): void {
    this.#writing.dispose();
    this.#disposed = true;
    const text = this.#newest === undefined ? this.#begun : JSON.stringify(this.#newest);
    if (text === undefined) return;
    try {
      mkdirSync(dirname(this.#file), { recursive: true });
      const fresh = `${this.#file}.${randomUUID()}`;
      writeFileSync(fresh, text, { mode: 0o600 });
      renameSync(fresh, this.#file);
    } catch (error) {
      this.#onFailure(error);
    }
  }

  #begin(): void {
    const text = JSON.stringify(this.#newest);
    this.#newest = undefined;
    this.#begun = text;
    this.#ends = this.#ends.then(() => this.#replace(text)).catch(this.#onFailure);
  }

  async #replace(text: string): Promise<void> {
    if (this.#disposed) return;
    await mkdir(dirname(this.#file), { recursive: true });
    const fresh = `${this.#file}.${randomUUID()}`;
    try {
      await writeFile(fresh, text, { mode: 0o600 });
      // At once: what was written when the window closed is newer.
      if (this.#disposed) await rm(fresh);
      else renameSync(fresh, this.#file);
    } catch (error) {
      await rm(fresh, { force: true });
      throw error;
    } finally {
      if (this.#begun === text) this.#begun = undefined;
    }
  }
}
