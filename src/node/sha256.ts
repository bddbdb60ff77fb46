/** SHA-256 over length-prefixed parts, in one digest. */
import { createHash, hash } from 'node:crypto';
import type { Hasher } from '../cache/fingerprint.ts';

/** Together shorter parts are joined first: one call is faster than many (measured: 1.4 and 2.5 µs for nine parts of 1 KB). */
const JOINED_UP_TO = 16_384;

export const sha256: Hasher = (parts) => {
  let text = '';
  for (const part of parts) {
    if (text.length + part.length > JOINED_UP_TO) return ofMany(parts);
    text += `${part.length}:${part}`;
  }
  return text.isWellFormed() ? hash('sha256', text, 'base64url') : ofMany(parts);
};

/** In UTF-8 all halves of a sign look alike, so a text with such is hashed as it lies in memory, and said to be. */
function ofMany(parts: readonly string[]): string {
  const all = createHash('sha256');
  for (const part of parts) {
    if (part.isWellFormed()) all.update(`${part.length}:`).update(part);
    else all.update(`${part.length}~`).update(part, 'utf16le');
  }
  return all.digest('base64url');
}
