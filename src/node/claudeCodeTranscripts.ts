/**
 * What the person used in Claude Code outside Sluice, counted from its own transcripts: our requests leave none there.
 * Only ids and counts are kept, for eight days. Units: epoch milliseconds, tokens.
 */
import { type Clock, delay } from '../base/clock.ts';
import type { TokenUsage } from '../base/task.ts';
import { totalTokens } from '../base/task.ts';
import type { ModelUse } from '../flow/transport.ts';
import { TranscriptFile } from './claudeCodeTranscriptFile.ts';
import { findTranscripts } from './claudeCodeTranscriptFolders.ts';
import { readTranscriptLine, type TranscriptUse } from './claudeCodeTranscriptLine.ts';

export interface TranscriptsDeps {
  /** See `transcriptFolders`. */
  readonly folders: readonly string[];
  readonly clock: Clock;
}

export interface Scan {
  /** What was used and not yet told of, one entry a request; a correction of an earlier one tells the difference. */
  readonly charges: readonly TranscriptUse[];
  readonly bytes: number;
  /** Files and folders that could not be read, this time. */
  readonly unreadable: number;
}

export const FIVE_HOURS_MS = 5 * 3_600_000;
export const SEVEN_DAYS_MS = 7 * 24 * 3_600_000;
/** The longest window, and a day for clocks that differ. */
const KEPT_MS = SEVEN_DAYS_MS + 24 * 3_600_000;
/** Several times what a busy week has; about 30 MB at the most. */
const MAX_USES = 100_000;
/** After so much work in one go … */
const WORK_MS = 20;
/** … everything else gets so much. */
const PAUSE_MS = 5;

interface Known {
  readonly file: TranscriptFile;
  state: string;
}

export class ClaudeTranscripts {
  readonly #deps: TranscriptsDeps;
  readonly #files = new Map<string, Known>();
  readonly #uses = new Map<string, TranscriptUse>();
  /** Counted, and not told of: a scan that is broken off loses nothing. */
  #untold: TranscriptUse[] = [];
  #running: Promise<Scan> | undefined;

  constructor(deps: TranscriptsDeps) {
    this.#deps = deps;
  }

  /** Reads what is new. Who asks while one is running gets its outcome. Rejects only with the signal's reason. */
  scan(signal: AbortSignal): Promise<Scan> {
    this.#running ??= this.#scan(signal).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** What was used from `sinceMs` on, by model. */
  usedSince(sinceMs: number): ModelUse[] {
    const sums = new Map<string, ModelUse>();
    for (const { atMs, model, usage } of this.#uses.values()) {
      if (atMs < sinceMs) continue;
      const sum = sums.get(model) ?? { model, requests: 0, usage: NO_USAGE };
      sums.set(model, { model, requests: sum.requests + 1, usage: combine(sum.usage, usage, 1) });
    }
    return [...sums.values()];
  }

  async #scan(signal: AbortSignal): Promise<Scan> {
    const { folders, clock } = this.#deps;
    const sinceMs = clock.now() - KEPT_MS;
    this.#forgetBefore(sinceMs);
    const found = await findTranscripts(folders, sinceMs, signal);
    const present = new Set(found.files.map(({ identity }) => identity));
    for (const identity of this.#files.keys()) if (!present.has(identity)) this.#files.delete(identity);
    const onLine = (line: Buffer) => {
      const charge = this.#take(readTranscriptLine(line), sinceMs);
      if (charge !== undefined) this.#untold.push(charge);
    };
    const options = { onLine, pause: pacer(clock, signal) };
    let { unreadable } = found;
    let bytes = 0;
    for (const { path, identity, state } of found.files) {
      const known = this.#files.get(identity) ?? { file: new TranscriptFile(), state: '' };
      if (known.state === state) continue;
      this.#files.set(identity, known);
      try {
        bytes += await known.file.readAppended(path, options);
        known.state = state;
      } catch (error) {
        signal.throwIfAborted();
        if (!isSystemError(error)) throw error;
        unreadable++;
      }
    }
    const charges = this.#untold;
    this.#untold = [];
    return { charges, bytes, unreadable };
  }

  /** Keeps a use, or what is better about it than what is known; returns what that adds. */
  #take(use: TranscriptUse | undefined, sinceMs: number): TranscriptUse | undefined {
    if (use === undefined || use.atMs < sinceMs || use.atMs > this.#deps.clock.now() + KEPT_MS)
      return undefined;
    const known = this.#uses.get(use.id);
    if (known !== undefined && !better(use, known)) return undefined;
    this.#uses.set(use.id, use);
    if (known === undefined) {
      const [oldest] = this.#uses.size > MAX_USES ? this.#uses.keys() : [];
      if (oldest !== undefined) this.#uses.delete(oldest);
      return use;
    }
    return { ...use, usage: combine(use.usage, known.usage, -1) };
  }

  #forgetBefore(sinceMs: number): void {
    for (const [id, { atMs }] of this.#uses) if (atMs < sinceMs) this.#uses.delete(id);
  }
}

/** The main conversation before a subagent's, then the line that counts more: counts grow as an answer does. */
function better(use: TranscriptUse, known: TranscriptUse): boolean {
  if (use.sidechain !== known.sidechain) return known.sidechain;
  return totalTokens(use.usage) > totalTokens(known.usage);
}

const NO_USAGE: TokenUsage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0 };

function combine(a: TokenUsage, b: TokenUsage, sign: 1 | -1): TokenUsage {
  return {
    input: a.input + sign * b.input,
    output: a.output + sign * b.output,
    cacheRead: a.cacheRead + sign * b.cacheRead,
    cacheWrite: a.cacheWrite + sign * b.cacheWrite,
    reasoning: a.reasoning + sign * b.reasoning,
  };
}

/** Hundreds of megabytes are read beside other work, not before it. */
function pacer(clock: Clock, signal: AbortSignal): () => Promise<void> {
  let beganMs = clock.monotonic();
  return async () => {
    signal.throwIfAborted();
    if (clock.monotonic() - beganMs < WORK_MS) return;
    await delay(PAUSE_MS, clock, signal);
    beganMs = clock.monotonic();
  };
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && 'syscall' in error;
}
