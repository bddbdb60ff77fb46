/**
 * What a team's secret does to what it keeps in Redis: names become HMACs, values are sealed with AES-256-GCM to the name
 * under which they lie. Whoever does not know the secret can neither read nor make nor move one.
 */
import { Buffer } from 'node:buffer';
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
/** As NIST SP 800-38D asks for random ones: fewer than 2^32 values under one secret. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export class CacheSecret {
  readonly #sealing: Buffer;
  readonly #naming: Buffer;

  /** `secret`: any text; its length is what makes it hard to guess. */
  constructor(secret: string) {
    this.#sealing = derived(secret, 'sluice cache values');
    this.#naming = derived(secret, 'sluice cache names');
  }

  name(key: string): string {
    return createHmac('sha256', this.#naming).update(key).digest('base64url');
  }

  seal(plain: Buffer, name: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#sealing, nonce).setAAD(Buffer.from(name));
    const body = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), body]);
  }

  /** Throws when it was not sealed with this secret for this name. */
  open(sealed: Buffer, name: string): Buffer {
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
    const decipher = createDecipheriv(CIPHER, this.#sealing, nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(name))
      .setAuthTag(tag);
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  }
}

function derived(secret: string, use: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'sluice', use, KEY_BYTES));
}
