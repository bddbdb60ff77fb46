/**
 * How a value lies in Redis: its head, a line break and its text; compressed, and sealed where the team has a secret.
 * Whatever is read is checked: others may write there. Units: bytes.
 */
import { Buffer } from 'node:buffer';
import { areFiles, type Kept } from '../cache/cacheStore.ts';
import { isStrategyName } from '../cache/strategies.ts';
import type { CacheSecret } from './cacheSecret.ts';
import { MOST_PACKED, packBytes, textOf } from './cacheText.ts';

/** In front of a sealed value; the forms of `cacheText.ts` are smaller. */
const SEALED = 0x80;
const VERSION = 1;

export interface Envelope {
  readonly bytes: Buffer;
  readonly plainBytes: number;
}

/** `undefined`: it is too large. `name`: where it will lie; a sealed value opens nowhere else. */
export function enclose(kept: Kept, name: string, secret?: CacheSecret): Envelope | undefined {
  const { text, ...head } = kept;
  if (text.length > MOST_PACKED * 8) return undefined;
  const plain = Buffer.from(`${JSON.stringify({ v: VERSION, ...head })}\n${text}`, 'utf8');
  const packed = packBytes(plain);
  const bytes = secret ? Buffer.concat([Buffer.from([SEALED]), secret.seal(packed, name)]) : packed;
  return bytes.length > MOST_PACKED ? undefined : { bytes, plainBytes: plain.length };
}

/** `undefined`: not ours, not whole, sealed with another secret, or not sealed where it must be. */
export function disclose(bytes: Buffer, name: string, secret?: CacheSecret): Kept | undefined {
  const sealed = bytes[0] === SEALED;
  if (sealed !== (secret !== undefined)) return undefined;
  try {
    const plain = textOf(secret ? secret.open(bytes.subarray(1), name) : bytes);
    return plain === undefined ? undefined : keptOf(plain);
  } catch {
    return undefined;
  }
}

function keptOf(plain: string): Kept | undefined {
  const end = plain.indexOf('\n');
  if (end < 0) return undefined;
  const head: unknown = JSON.parse(plain.slice(0, end));
  return isHead(head) ? { ...head, text: plain.slice(end + 1) } : undefined;
}

function isHead(raw: unknown): raw is Omit<Kept, 'text'> {
  if (typeof raw !== 'object' || raw === null) return false;
  const head = raw as Readonly<Record<string, unknown>>;
  return (
    head.v === VERSION &&
    Number.isFinite(head.storedAtMs) &&
    Number.isFinite(head.staleAtMs) &&
    Number.isFinite(head.expiresAtMs) &&
    Number.isFinite(head.savesUsd) &&
    isStrategyName(head.strategy) &&
    typeof head.scope === 'string' &&
    typeof head.model === 'string' &&
    areFiles(head.files)
  );
}
