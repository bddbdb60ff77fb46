/** Certificates that nobody vouches for, made when a test needs one, so that no private key lies in the repository. */
import { generateKeyPairSync, sign } from 'node:crypto';

export interface ServerIdentity {
  readonly key: string;
  readonly cert: string;
}

/** Signed by itself, for `name`, good from one moment to another (milliseconds since 1970). */
export function selfSigned(name: string, fromMs: number, untilMs: number): ServerIdentity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = sequence(set(sequence(COMMON_NAME, der(0x0c, Buffer.from(name)))));
  const body = sequence(
    der(0xa0, integer(2)),
    integer(1),
    ECDSA_SHA256,
    issuer,
    sequence(time(fromMs), time(untilMs)),
    issuer,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(sequence(ALT_NAME, der(0x04, sequence(altName(name)))))),
  );
  const signature = der(0x03, Buffer.concat([Buffer.of(0), sign('sha256', body, privateKey)]));
  const pem =
    sequence(body, ECDSA_SHA256, signature)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: ['-----BEGIN CERTIFICATE-----', ...pem, '-----END CERTIFICATE-----', ''].join('\n'),
  };
}

/** Distinguished encoding of X.690: a tag, the length, the content. */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const header =
    length < 128
      ? [tag, length]
      : length < 256
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from(header), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function set(part: Buffer): Buffer {
  return der(0x31, part);
}

function integer(value: number): Buffer {
  return der(0x02, Buffer.of(value));
}

/** `20261121080000Z` */
function time(ms: number): Buffer {
  return der(0x18, Buffer.from(`${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));
}

/** An address or a name of a host. */
function altName(name: string): Buffer {
  const numbers = name.split('.').map(Number);
  return numbers.length === 4 && numbers.every((part) => part >= 0)
    ? der(0x87, Buffer.from(numbers))
    : der(0x82, Buffer.from(name));
}

/** Object identifiers: id-at-commonName, id-ce-subjectAltName, ecdsa-with-SHA256. */
const COMMON_NAME = der(0x06, Buffer.of(0x55, 0x04, 0x03));
const ALT_NAME = der(0x06, Buffer.of(0x55, 0x1d, 0x11));
const ECDSA_SHA256 = sequence(der(0x06, Buffer.of(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02)));
