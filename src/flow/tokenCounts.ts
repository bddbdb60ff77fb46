/**
 * Exact token counts of texts that are counted again and again: a talk's earlier messages, by whoever fits them into a
 * model's context. Nobody waits for the tokenizer: until a count is there, the caller estimates. Unit: tokens.
 */
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { Hasher } from '../cache/fingerprint.ts';
import { STRATEGIES } from '../cache/strategies.ts';
import { TieredCache } from '../cache/tieredCache.ts';
import type { ExactCount } from '../prompt/tokenEstimator.ts';

export interface TokenCountsDeps {
  readonly count: ExactCount;
  readonly hash: Hasher;
  readonly clock: Clock;
  readonly random: Random;
}

interface Count {
  readonly tokens: number;
}

const MOST_COUNTS = 2_000;
/** Of key and number together. */
const BYTES_PER_COUNT = 200;
/** Shorter texts are estimated well enough; a longer one would keep the tokenizer busy for a second. Characters. */
const WORTH_COUNTING = { least: 200, most: 1_000_000 };

export class TokenCounts {
  readonly #deps: TokenCountsDeps;
  readonly #counts: TieredCache<Count>;
  /** The tokenizer has failed: no text of this window is given to it again. */
  #broken = false;

  constructor(deps: TokenCountsDeps) {
    const { clock, random } = deps;
    this.#deps = deps;
    this.#counts = new TieredCache<Count>({
      strategies: ['tokenCounts'],
      ...{ clock, random },
      limits: {
        maxEntries: MOST_COUNTS,
        maxBytes: MOST_COUNTS * BYTES_PER_COUNT,
        ttlMs: STRATEGIES.tokenCounts.ttlMs + STRATEGIES.tokenCounts.staleMs,
      },
      sizeOf: () => BYTES_PER_COUNT,
      encode: ({ tokens }) => `${tokens}`,
      decode: (text) => ({ tokens: Number(text) }),
    });
  }

  /** `undefined`: not known yet; it is being counted when the text is worth it. */
  known(text: string): number | undefined {
    if (this.#broken || text.length < WORTH_COUNTING.least || text.length > WORTH_COUNTING.most)
      return undefined;
    const make = async () => ({ tokens: await this.#deps.count(text) });
    const count = this.#counts.getOrSet(this.#deps.hash([text]), make, NEVER);
    if (!(count instanceof Promise)) return count.tokens;
    count.catch(() => {
      this.#broken = true;
    });
    return undefined;
  }
}

const NEVER = new AbortController().signal;
