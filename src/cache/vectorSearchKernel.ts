/**
 * The inner loop of the vector search as WebAssembly, written instruction by instruction: distances in bits between one
 * code of 256 bits and many, counted by distance, then the places of those near enough. Instruction numbers:
 * https://webassembly.github.io/spec/core/binary/instructions.html (2025-09-01).
 */

/** Bytes of one code. */
export const CODE_BYTES = 32;
/** Where in the memory the query lies, the counts by distance (257 × 4 bytes) and the codes. */
export const QUERY_AT = 0;
export const COUNTS_AT = 64;
export const CODES_AT = 2048;

export interface Kernel {
  /** Writes the distance of each of `count` codes as 16 bits from `out` on, and adds to the counts. */
  distances(count: number, out: number): void;
  /** Writes the places with a distance of at most `most`, as 32 bits each from `to` on; returns how many. */
  collect(count: number, out: number, most: number, to: number): number;
}

/** The bytes of a module that imports `m.memory` and exports `distances` and `collect`. */
export function kernelModule(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, list([type([I32, I32], []), type([I32, I32, I32, I32], [I32])])),
    ...section(2, list([[...text('m'), ...text('memory'), 0x02, 0x00, 0x01]])),
    ...section(3, list([[0], [1]])),
    ...section(
      7,
      list([
        [...text('distances'), 0x00, 0],
        [...text('collect'), 0x00, 1],
      ]),
    ),
    ...section(10, list([body(DISTANCES), body(COLLECT)])),
  ]);
}

const I32 = 0x7f;
const V128 = 0x7b;
type Code = readonly number[];

const get = (local: number): Code => [0x20, local];
const set = (local: number): Code => [0x21, local];
const tee = (local: number): Code => [0x22, local];
const i32 = (value: number): Code => [0x41, ...signed(value)];
const load32 = (offset: number): Code => [0x28, 2, ...unsigned(offset)];
const load16 = (offset: number): Code => [0x2f, 1, ...unsigned(offset)];
const store32 = (offset: number): Code => [0x36, 2, ...unsigned(offset)];
const store16 = (offset: number): Code => [0x3b, 1, ...unsigned(offset)];
const ADD: Code = [0x6a];
const SHIFT_LEFT: Code = [0x74];
const LESS: Code = [0x49];
const LESS_OR_EQUAL: Code = [0x4d];
/** Runs the body while it leaves a non-zero number. */
const repeat = (...inner: Code[]): Code => [0x03, 0x40, ...inner.flat(), 0x0d, 0, 0x0b];
const when = (...inner: Code[]): Code => [0x04, 0x40, ...inner.flat(), 0x0b];
const simd = (number: number, ...rest: number[]): Code => [0xfd, ...unsigned(number), ...rest];
const loadVector = (offset: number): Code => simd(0, 4, ...unsigned(offset));
const XOR = simd(0x51);
const COUNT_BITS = simd(0x62);
const ADD_BYTES = simd(0x6e);
const PAIRS_TO_16 = simd(0x7d);
const PAIRS_TO_32 = simd(0x7f);
/** Lane 0…3 as a 32-bit number. */
const lane = (at: number): Code => simd(0x1b, at);

/** Locals: 0 count, 1 out; then 2 code, 3 end, 4 distance, 5 and 6 the query's halves, 7 the sums. */
const DISTANCES = {
  locals: [
    [3, I32],
    [3, V128],
  ],
  code: [
    i32(QUERY_AT),
    loadVector(0),
    set(5),
    i32(QUERY_AT),
    loadVector(16),
    set(6),
    i32(CODES_AT),
    set(2),
    get(0),
    i32(5),
    SHIFT_LEFT,
    i32(CODES_AT),
    ADD,
    set(3),
    get(2),
    get(3),
    LESS,
    when(
      repeat(
        get(2),
        loadVector(0),
        get(5),
        XOR,
        COUNT_BITS,
        get(2),
        loadVector(16),
        get(6),
        XOR,
        COUNT_BITS,
        ADD_BYTES,
        PAIRS_TO_16,
        PAIRS_TO_32,
        set(7),
        get(7),
        lane(0),
        get(7),
        lane(1),
        ADD,
        get(7),
        lane(2),
        ADD,
        get(7),
        lane(3),
        ADD,
        set(4),
        get(1),
        get(4),
        store16(0),
        get(4),
        i32(2),
        SHIFT_LEFT,
        tee(4),
        get(4),
        load32(COUNTS_AT),
        i32(1),
        ADD,
        store32(COUNTS_AT),
        get(1),
        i32(2),
        ADD,
        set(1),
        get(2),
        i32(CODE_BYTES),
        ADD,
        tee(2),
        get(3),
        LESS,
      ),
    ),
  ],
};

/** Locals: 0 count, 1 out, 2 most, 3 to; then 4 place, 5 found. */
const COLLECT = {
  locals: [[2, I32]],
  code: [
    get(4),
    get(0),
    LESS,
    when(
      repeat(
        get(1),
        load16(0),
        get(2),
        LESS_OR_EQUAL,
        when(get(3), get(4), store32(0), get(3), i32(4), ADD, set(3), get(5), i32(1), ADD, set(5)),
        get(1),
        i32(2),
        ADD,
        set(1),
        get(4),
        i32(1),
        ADD,
        tee(4),
        get(0),
        LESS,
      ),
    ),
    get(5),
  ],
};

function body({ locals, code }: { locals: readonly (readonly number[])[]; code: readonly Code[] }): number[] {
  const bytes = [...list(locals), ...code.flat(), 0x0b];
  return [...unsigned(bytes.length), ...bytes];
}

function section(id: number, bytes: readonly number[]): number[] {
  return [id, ...unsigned(bytes.length), ...bytes];
}

function list(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function type(takes: readonly number[], gives: readonly number[]): number[] {
  return [0x60, takes.length, ...takes, gives.length, ...gives];
}

function text(name: string): number[] {
  return [name.length, ...[...name].map((letter) => letter.charCodeAt(0))];
}

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  const rest = value >> 7;
  const done = (rest === 0 && (value & 0x40) === 0) || (rest === -1 && (value & 0x40) !== 0);
  return done ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(rest)];
}
