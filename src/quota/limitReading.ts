/** What a platform says is left of one of its limits. Units: the limit's own (`tokens`, `requests`). */
export const LIMIT_UNITS = ['requests', 'tokens', 'input-tokens', 'output-tokens'] as const;

export type LimitUnit = (typeof LIMIT_UNITS)[number];

export interface LimitReading {
  readonly unit: LimitUnit;
  /** The limit is kept for each model apart (`model` names it) or for the whole platform (absent). */
  readonly model?: string;
  /** Size of the bucket. */
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds from `atMs` until the bucket is full again; unknown when the platform did not say. */
  readonly fullInMs?: number;
  /** When the platform said it: wall clock, epoch milliseconds. */
  readonly atMs: number;
}
