/** What is left of one limit, however it becomes full again. Units: the limit's own for amounts, milliseconds. */
export interface Level {
  readonly size: number;
  /** Units a millisecond; 0 while the rate is unknown or there is none. */
  readonly refillPerMs: number;
  /** What is free now. */
  level(): number;
  /**
   * 0 when `amount` is free now; else how long until it is. An amount above the size asks for a full limit. `Infinity`
   * while nobody knows.
   */
  waitMs(amount: number): number;
  /** Takes up to `amount`, never below zero, and says how much it took. */
  take(amount: number): number;
  /** Puts back, never above the size. */
  put(amount: number): void;
  /** 0 when full; `undefined` while unknown. */
  fullInMs(): number | undefined;
}
