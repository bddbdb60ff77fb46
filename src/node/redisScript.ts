/**
 * What Redis itself runs for one operation on one book: `take`, `settle` and the small operations of
 * `quota/operations.ts` and `quota/decide.ts`, line by line, with refill and shares. What a decision needs in the common
 * case stands first: Lua makes a function only when it comes to it. `@name` is the place of a field in redisBook.ts.
 */
import {
  BOOK_FORMAT,
  COLD,
  HEAD,
  HOT,
  LAPSED_FOR_MS,
  ROW,
  ROW_REFILLS,
  STATUSES,
  UNITS,
} from './redisBook.ts';
import { CLOSE, OPEN } from './redisScriptBook.ts';
import { DECIDE } from './redisScriptDecide.ts';
import { TAKE_QUICKLY } from './redisScriptQuick.ts';
import { SETTLE } from './redisScriptSettle.ts';

/** Keys stay so long after the last change: a little more than the longest window of any limit. */
const KEEP_MS = 35 * 24 * 3_600_000;
const LONGEST_WAIT_MS = 31 * 24 * 3_600_000;

/** Places in Lua count from 1. */
const PLACES = new Map<string, number | string>([
  ...HEAD.map((name, index) => [`head_${name}`, index + 1] as const),
  ...ROW.map((name, index) => [name, index + 1] as const),
  ...UNITS.map((name, index) => [`unit_${name.replace('-', '_')}`, index] as const),
  ...ROW_REFILLS.map((name, index) => [`refill_${name.replace('-', '_')}`, index] as const),
  ...STATUSES.map((name, index) => [`status_${name}`, index] as const),
  ['format', BOOK_FORMAT],
  ['headBytes', HEAD.length * 8],
  ['headDoubles', 'd'.repeat(HEAD.length)],
  ['hot', HOT.length],
  ['cold', COLD.length],
  ['keepMs', KEEP_MS],
  ['longestMs', LONGEST_WAIT_MS],
  ['lapsedForMs', LAPSED_FOR_MS],
]);

function places(text: string): string {
  return text.replace(/@(\w+)/g, (_all, name: string) => {
    const place = PLACES.get(name);
    if (place === undefined) throw new Error(`no place for ${name}`);
    return String(place);
  });
}

/**
 * KEYS: the book, the set of platforms, what the names of the book's logs begin with. ARGV: operation, numbers (time, number of
 * the known book, whether a log is wanted, then those of the operation), platform, then texts of the operation.
 */
export const BOOK_SCRIPT = places(TAKE_QUICKLY + OPEN + CLOSE + SETTLE + DECIDE);

/** KEYS: who is alive, the set of platforms. ARGV: holder, lease, time (empty: the server's). Who is alive, and platforms. */
export const LOOK_SCRIPT = `
local t = redis.call('TIME')
local now = tonumber(ARGV[3]) or t[1] * 1000 + t[2] / 1000
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '(' .. now + ARGV[2], '+inf')
redis.call('PEXPIRE', KEYS[1], 86400000)
return {redis.call('ZCARD', KEYS[1]), redis.call('SMEMBERS', KEYS[2])}
`;
