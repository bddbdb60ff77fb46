/** What is inside a .vsix or another small zip file without encryption or 64-bit sizes, all of it in memory. */
import { readFile } from 'node:fs/promises';
import { inflateRawSync } from 'node:zlib';

/** Signatures, sizes and offsets are those of the format: APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16. */
const END = { signature: 0x06054b50, size: 22, longestComment: 0xffff } as const;
const ENTRY = { signature: 0x02014b50, size: 46 } as const;
const LOCAL = { signature: 0x04034b50, size: 30 } as const;
const STORED = 0;
const DEFLATED = 8;

/** Contents by path, in the order of the central directory; folders are left out. Throws when it is no such file. */
export async function readZip(file: string): Promise<ReadonlyMap<string, Buffer>> {
  const zip = await readFile(file);
  const end = findEnd(zip);
  const contents = new Map<string, Buffer>();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    if (zip.readUInt32LE(at) !== ENTRY.signature) throw new Error(`${file} has a broken directory.`);
    const nameLength = zip.readUInt16LE(at + 28);
    const path = zip.toString('utf8', at + ENTRY.size, at + ENTRY.size + nameLength);
    if (!path.endsWith('/')) contents.set(path, entryContent(zip, at));
    at += ENTRY.size + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return contents;
}

/** The end record is followed by nothing but a comment. */
function findEnd(zip: Buffer): number {
  const first = Math.max(0, zip.length - END.size - END.longestComment);
  for (let at = zip.length - END.size; at >= first; at--) {
    if (zip.readUInt32LE(at) === END.signature) return at;
  }
  throw new Error('This is not a zip file.');
}

function entryContent(zip: Buffer, entry: number): Buffer {
  const method = zip.readUInt16LE(entry + 10);
  const local = zip.readUInt32LE(entry + 42);
  if (zip.readUInt32LE(local) !== LOCAL.signature) throw new Error('An entry of the zip file is not there.');
  const start = local + LOCAL.size + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  const packed = zip.subarray(start, start + zip.readUInt32LE(entry + 20));
  if (method === STORED) return packed;
  if (method === DEFLATED) return inflateRawSync(packed);
  throw new Error(`An entry of the zip file is packed in a way that is not known here: ${method}.`);
}
