/** SHA-256 over length-prefixed parts, in one digest and without joining them first. */
import { createHash } from 'node:crypto';
import type { Hasher } from '../cache/fingerprint.ts';

export const sha256: Hasher = (parts) => {
  const hash = createHash('sha256');
  for (const part of parts) {
    hash.update(`${part.length}:`);
    hash.update(part);
  }
  return hash.digest('base64url');
};
