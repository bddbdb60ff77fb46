/** The beginning of a prompt that later calls repeat word for word: what a platform's prompt cache can hold. */

/**
 * Names a prefix for a platform that keeps equal ones near each other. Made of the stable text alone: it says nothing
 * of anyone's code. Two different prefixes with one name cost a cache miss and nothing else.
 */
export function prefixKey(text: string): string {
  let low = 0x9e3779b9;
  let high = 0x85ebca6b;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ (code + at), 0x5bd1e995);
    high ^= high >>> 13;
  }
  const mixed = Math.imul(low ^ (low >>> 15), 0x2c1b3c6d);
  return `sluice-${hex(high ^ mixed)}${hex(mixed ^ (high >>> 16))}`;
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
