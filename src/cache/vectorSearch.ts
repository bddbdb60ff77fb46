/**
 * The nearest of many unit vectors: all are compared by the signs of their numbers (256 bits), the nearest of those by
 * their numbers (8 bits each). Needs WebAssembly with SIMD for its speed, not for its answers.
 */
import {
  CODE_BYTES,
  CODES_AT,
  COUNTS_AT,
  type Kernel,
  kernelModule,
  QUERY_AT,
} from './vectorSearchKernel.ts';

export const DIMENSIONS = 256;
/** How many of the nearest by sign are compared by their numbers. */
const RERANKED = 256;
const FIRST_CAPACITY = 1_024;
const PAGE_BYTES = 65_536;

export interface Neighbour {
  readonly id: string;
  /** About the cosine. */
  readonly likeness: number;
}

/** The part of the language's `WebAssembly` that is used; absent where the host has none. */
export interface WasmHost {
  readonly Memory: new (limits: {
    initial: number;
  }) => { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
}

/** Of `globalThis`; undefined where the host has no WebAssembly. */
export function wasmIn(scope: object): WasmHost | undefined {
  const found: unknown = Reflect.get(scope, 'WebAssembly');
  return isWasm(found) ? found : undefined;
}

function isWasm(found: unknown): found is WasmHost {
  return (
    typeof found === 'object' &&
    found !== null &&
    'Memory' in found &&
    'Module' in found &&
    'Instance' in found
  );
}

export class VectorSearch {
  readonly #memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly #kernel: Kernel;
  /** By slot, in blocks of `FIRST_CAPACITY`, so that growing copies nothing. */
  readonly #numbers: Int8Array[] = [];
  /** By slot; removing moves the last one into the gap, so that slots are always 0…size-1. */
  readonly #ids: string[] = [];
  readonly #slotOf = new Map<string, number>();
  #capacity = 0;

  /** `wasm` undefined: everything in JavaScript, several times slower. */
  constructor(wasm: WasmHost | undefined) {
    const made = wasm && compiled(wasm);
    this.#memory = made?.memory ?? new PlainMemory();
    this.#kernel = made?.kernel ?? plainKernel(this.#memory);
    this.#grow(FIRST_CAPACITY);
  }

  get size(): number {
    return this.#ids.length;
  }

  /** Bytes held, the room for more included. */
  get bytes(): number {
    return this.#memory.buffer.byteLength + this.#numbers.length * FIRST_CAPACITY * DIMENSIONS;
  }

  has(id: string): boolean {
    return this.#slotOf.has(id);
  }

  /** Replaces the vector that the id had. */
  set(id: string, vector: Float32Array): void {
    const slot = this.#slotOf.get(id) ?? this.#ids.length;
    if (slot >= this.#capacity) this.#grow(this.#capacity * 2);
    this.#ids[slot] = id;
    this.#slotOf.set(id, slot);
    this.#row(slot).set(toBytes(vector));
    new Uint8Array(this.#memory.buffer).set(toCode(vector), CODES_AT + slot * CODE_BYTES);
  }

  delete(id: string): void {
    const slot = this.#slotOf.get(id);
    if (slot === undefined) return;
    const moved = this.#ids.pop() ?? id;
    this.#slotOf.delete(id);
    if (moved === id) return;
    const last = this.#ids.length;
    this.#ids[slot] = moved;
    this.#slotOf.set(moved, slot);
    this.#row(slot).set(this.#row(last));
    const from = CODES_AT + last * CODE_BYTES;
    new Uint8Array(this.#memory.buffer).copyWithin(CODES_AT + slot * CODE_BYTES, from, from + CODE_BYTES);
  }

  /** At most `count` neighbours, the nearest first. */
  nearest(query: Float32Array, count: number): Neighbour[] {
    const bytes = toBytes(query);
    const found: Neighbour[] = [];
    for (const slot of this.#candidates(query)) {
      found.push({ id: this.#ids[slot] ?? '', likeness: dot(bytes, this.#row(slot)) / (127 * 127) });
    }
    return found.sort((a, b) => b.likeness - a.likeness).slice(0, count);
  }

  #candidates(query: Float32Array): Uint32Array {
    const out = CODES_AT + this.#capacity * CODE_BYTES;
    const to = out + this.#capacity * 2;
    new Uint8Array(this.#memory.buffer).set(toCode(query), QUERY_AT);
    const counts = new Uint32Array(this.#memory.buffer, COUNTS_AT, DIMENSIONS + 1).fill(0);
    this.#kernel.distances(this.#ids.length, out);
    let most = 0;
    for (let below = counts[0] ?? 0; below < RERANKED && most < DIMENSIONS; below += counts[most] ?? 0)
      most++;
    return new Uint32Array(this.#memory.buffer, to, this.#kernel.collect(this.#ids.length, out, most, to));
  }

  #row(slot: number): Int8Array {
    const block = this.#numbers[Math.floor(slot / FIRST_CAPACITY)] ?? new Int8Array();
    const from = (slot % FIRST_CAPACITY) * DIMENSIONS;
    return block.subarray(from, from + DIMENSIONS);
  }

  /** Codes, then a distance and a place for each. */
  #grow(capacity: number): void {
    const bytes = CODES_AT + capacity * (CODE_BYTES + 2 + 4);
    const missing = Math.ceil((bytes - this.#memory.buffer.byteLength) / PAGE_BYTES);
    if (missing > 0) this.#memory.grow(missing);
    while (this.#numbers.length * FIRST_CAPACITY < capacity) {
      this.#numbers.push(new Int8Array(FIRST_CAPACITY * DIMENSIONS));
    }
    this.#capacity = capacity;
  }
}

function compiled(wasm: WasmHost) {
  try {
    const memory = new wasm.Memory({ initial: 1 });
    const { exports } = new wasm.Instance(new wasm.Module(kernelModule()), { m: { memory } });
    return isKernel(exports) ? { memory, kernel: exports } : undefined;
  } catch {
    // No SIMD here: the plain kernel gives the same answers.
    return undefined;
  }
}

function isKernel(exports: object): exports is Kernel {
  return 'distances' in exports && 'collect' in exports;
}

/** What a WebAssembly memory does, without WebAssembly. */
class PlainMemory {
  buffer = new ArrayBuffer(PAGE_BYTES);

  grow(pages: number): number {
    const before = this.buffer.byteLength;
    const larger = new Uint8Array(before + pages * PAGE_BYTES);
    larger.set(new Uint8Array(this.buffer));
    this.buffer = larger.buffer;
    return before / PAGE_BYTES;
  }
}

function plainKernel(memory: { readonly buffer: ArrayBuffer }): Kernel {
  return {
    distances(count, out) {
      const query = new Uint32Array(memory.buffer, QUERY_AT, CODE_BYTES / 4);
      const codes = new Uint32Array(memory.buffer, CODES_AT, (count * CODE_BYTES) / 4);
      const counts = new Uint32Array(memory.buffer, COUNTS_AT, DIMENSIONS + 1);
      const distances = new Uint16Array(memory.buffer, out, count);
      for (let slot = 0, at = 0; slot < count; slot++) {
        let bits = 0;
        for (let word = 0; word < CODE_BYTES / 4; word++)
          bits += bitsOf((codes[at++] ?? 0) ^ (query[word] ?? 0));
        distances[slot] = bits;
        counts[bits] = (counts[bits] ?? 0) + 1;
      }
    },
    collect(count, out, most, to) {
      const distances = new Uint16Array(memory.buffer, out, count);
      const places = new Uint32Array(memory.buffer, to, count);
      let found = 0;
      for (let slot = 0; slot < count; slot++) if ((distances[slot] ?? 0) <= most) places[found++] = slot;
      return found;
    },
  };
}

function bitsOf(word: number): number {
  let bits = word - ((word >>> 1) & 0x5555_5555);
  bits = (bits & 0x3333_3333) + ((bits >>> 2) & 0x3333_3333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

/** One bit for each number that is above zero. */
function toCode(vector: Float32Array): Uint8Array {
  const code = new Uint8Array(CODE_BYTES);
  vector.forEach((value, at) => {
    if (value > 0) code[at >> 3] = (code[at >> 3] ?? 0) | (1 << (at & 7));
  });
  return code;
}

function toBytes(vector: Float32Array): Int8Array {
  return Int8Array.from(vector, (value) => Math.round(127 * Math.max(-1, Math.min(1, value))));
}

function dot(a: Int8Array, b: Int8Array): number {
  let sum = 0;
  for (let at = 0; at < DIMENSIONS; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}
