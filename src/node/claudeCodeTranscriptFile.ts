/** Reads what was appended to one growing file since the last time, line by line. Units: bytes. */
import { type FileHandle, open } from 'node:fs/promises';

/** Parsed in about a millisecond; the event loop gets its turn with each read. */
const CHUNK_BYTES = 256 * 1024;
/** A longer line is passed over: no answer needs so much. */
const MAX_LINE_BYTES = 32 * 1024 * 1024;
/** So many bytes before the place where reading stopped must still be the same, or the file was rewritten. */
const WITNESS_BYTES = 64;

const NEWLINE = 10;
const NOTHING = Buffer.alloc(0);

export interface ReadOptions {
  readonly onLine: (line: Buffer) => void;
  /** Called after each chunk; may wait. What it rejects with ends the reading, which can be taken up again. */
  readonly pause: () => Promise<void>;
}

export class TranscriptFile {
  /** Up to here every whole line was handed on; a last line without its end is read again. */
  #offset = 0;
  #witness: Buffer = NOTHING;

  /** `path` is where it lies now. Returns how many bytes were read. Rejects with the system's error. */
  async readAppended(path: string, { onLine, pause }: ReadOptions): Promise<number> {
    const handle = await open(path, 'r');
    try {
      if (!(await this.#continues(handle))) {
        this.#offset = 0;
        this.#witness = NOTHING;
      }
      return await this.#readOn(handle, onLine, pause);
    } finally {
      await handle.close();
    }
  }

  /** False when the file is shorter than it was, or another one under the same name. */
  async #continues(handle: FileHandle): Promise<boolean> {
    const { length } = this.#witness;
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, this.#offset - length);
    return bytesRead === length && this.#witness.equals(buffer);
  }

  async #readOn(handle: FileHandle, onLine: ReadOptions['onLine'], pause: ReadOptions['pause']) {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    let parts: Buffer[] = [];
    let pending = 0;
    let total = 0;
    for (;;) {
      const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, this.#offset + pending);
      if (bytesRead === 0) return total;
      total += bytesRead;
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at >= 0 && at < bytesRead; at = chunk.indexOf(NEWLINE, from)) {
        const line = chunk.subarray(from, at);
        onLine(parts.length === 0 ? line : Buffer.concat([...parts, line]));
        this.#advance(chunk, { start: from, end: at + 1, skipped: pending });
        parts = [];
        pending = 0;
        from = at + 1;
      }
      pending += bytesRead - from;
      // Copied: the chunk is used again.
      if (pending <= MAX_LINE_BYTES) parts.push(Buffer.from(chunk.subarray(from, bytesRead)));
      else parts = [];
      await pause();
    }
  }

  /** A line ended at `end` of the chunk; `skipped` bytes of it were in chunks before. */
  #advance(chunk: Buffer, at: { readonly start: number; readonly end: number; readonly skipped: number }) {
    this.#offset += at.skipped + at.end - at.start;
    this.#witness = Buffer.from(chunk.subarray(Math.max(0, at.end - WITNESS_BYTES), at.end));
  }
}
