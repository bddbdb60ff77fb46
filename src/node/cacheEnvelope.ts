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

/** `undefined`: not ours, not whole, or not sealed with just this secret; what is sealed is no form of text. */
export function disclose(bytes: Buffer, name: string, secret?: CacheSecret): Kept | undefined {
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
  if (!isHead(head)) return undefined;
  // Nobody else has it: a copy would cost as much as half its checks.
  const kept: Omit<Kept, 'text'> & { text?: string } = head;
  kept.text = plain.slice(end + 1);
  return kept as Kept;
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
