/** What every benchmark prints: numbers, and one check for each figure that was promised. */
import { cpus, totalmem } from 'node:os';

export interface Check {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The value must be at most (`<=`), at least (`>=`) or exactly (`=`) this. */
  readonly bound: string;
  readonly pass: boolean;
}

export interface Report {
  readonly bench: string;
  readonly machine: Readonly<Record<string, string | number>>;
  /** The file that was read, if any. */
  readonly data: string | null;
  readonly results: Readonly<Record<string, unknown>>;
  readonly checks: readonly Check[];
}

export interface BenchOptions {
  readonly data: string | undefined;
  /** Progress for a person; silent with `--json`. */
  readonly say: (line: string) => void;
}

export type Bench = (options: BenchOptions) => Promise<Pick<Report, 'results' | 'checks'>>;

const COMPARE = {
  '<=': (value: number, bound: number) => value <= bound,
  '>=': (value: number, bound: number) => value >= bound,
  '=': (value: number, bound: number) => value === bound,
} as const;

/** A value that is not a number never passes. */
export function check(
  name: string,
  value: number,
  sign: keyof typeof COMPARE,
  bound: number,
  unit: string,
): Check {
  return { name, value: round(value), unit, bound: `${sign} ${bound}`, pass: COMPARE[sign](value, bound) };
}

export function machine(): Report['machine'] {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
}

/** Three digits that count. */
export function round(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : value;
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

export function summary(values: readonly number[]) {
  return { p50: round(quantile(values, 0.5)), p99: round(quantile(values, 0.99)), n: values.length };
}
