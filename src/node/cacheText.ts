/**
 * Texts of the cache, compressed from one kilobyte on: the packed form begins with one byte that says how. Units: bytes.
 */
import { Buffer } from 'node:buffer';
import * as zlib from 'node:zlib';

const FORM = { plain: 0, deflate: 1, zstd: 2 } as const;
const COMPRESS_FROM = 1_024;
/** Above it zstd is faster and smaller than deflate (measured 2026-11-20 on answers and code of 1–100 KB). */
const ZSTD_FROM = 10_240;
const FAST_DEFLATE = { level: 1 };
/** What is larger is kept in no lower level, and what unpacks to more is none of ours. */
export const MOST_PACKED = 2 * 1_048_576;
const MOST_PLAIN = 16 * 1_048_576;
const MOST = { maxOutputLength: MOST_PLAIN };

export interface PackedText {
  /** As it was where it is short. */
  readonly text: string | Buffer;
  readonly plainBytes: number;
  readonly packedBytes: number;
}

/** `undefined`: it is too large to be kept. */
export function packText(text: string): PackedText | undefined {
  if (text.length <= COMPRESS_FROM) return { text, plainBytes: text.length, packedBytes: text.length };
  if (text.length > MOST_PLAIN) return undefined;
  const plain = Buffer.from(text, 'utf8');
  const packed = packBytes(plain);
  if (packed.length > MOST_PACKED) return undefined;
  return { text: packed, plainBytes: plain.length, packedBytes: packed.length };
}

/** `undefined`: it is not whole, or none of ours. */
export function unpackText(text: string | Uint8Array): string | undefined {
  if (typeof text === 'string') return text;
  return textOf(Buffer.from(text.buffer, text.byteOffset, text.byteLength));
}

export function packBytes(plain: Buffer): Buffer {
  if (plain.length <= COMPRESS_FROM) return formed(FORM.plain, plain);
  const packed =
    plain.length > ZSTD_FROM && hasZstd()
      ? formed(FORM.zstd, zlib.zstdCompressSync(plain))
      : formed(FORM.deflate, zlib.deflateRawSync(plain, FAST_DEFLATE));
  return packed.length <= plain.length ? packed : formed(FORM.plain, plain);
}

/** What `packBytes` made of a text. `undefined`: it is not whole, or none of ours. */
export function textOf(bytes: Buffer): string | undefined {
  const form = bytes[0];
  if (form === FORM.plain) return bytes.toString('utf8', 1);
  try {
    if (form === FORM.deflate) return zlib.inflateRawSync(bytes.subarray(1), MOST).toString('utf8');
    if (form !== FORM.zstd || !hasZstd()) return undefined;
    return zlib.zstdDecompressSync(bytes.subarray(1), MOST).toString('utf8');
  } catch {
    return undefined;
  }
}

function formed(form: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([form]), body]);
}

/** Node has it from 22.15 on. */
function hasZstd(): boolean {
  return typeof zlib.zstdCompressSync === 'function';
}
