import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import {
  goDurationMs,
  type HeaderLookup,
  parseLimitHeaders,
  retryAfterMs,
} from '../../src/quota/limitHeaders.ts';

const NOW_MS = Date.UTC(2026, 10, 20, 12, 0, 0);

function headers(values: Readonly<Record<string, string>>): HeaderLookup {
  return (name) => values[name] ?? null;
}

suite('limit headers', () => {
  test('Anthropic names four limits, with the time at which each is full again', () => {
    const get = headers({
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '49',
      'anthropic-ratelimit-requests-reset': '2026-11-20T12:00:01Z',
      'anthropic-ratelimit-tokens-limit': '90000',
      'anthropic-ratelimit-tokens-remaining': '80000',
      'anthropic-ratelimit-tokens-reset': '2026-11-20T12:00:06.500Z',
      'anthropic-ratelimit-input-tokens-limit': '40000',
      'anthropic-ratelimit-input-tokens-remaining': '39000',
      'anthropic-ratelimit-input-tokens-reset': '2026-11-20T14:00:02+02:00',
      'anthropic-ratelimit-output-tokens-limit': '8000',
      'anthropic-ratelimit-output-tokens-remaining': '0',
      'anthropic-ratelimit-output-tokens-reset': '2026-11-20T12:01:00Z',
    });

    const readings = parseLimitHeaders(get, NOW_MS);

    assert.deepEqual(readings, [
      { unit: 'requests', limit: 50, remaining: 49, fullInMs: 1_000, atMs: NOW_MS },
      { unit: 'tokens', limit: 90_000, remaining: 80_000, fullInMs: 6_500, atMs: NOW_MS },
      { unit: 'input-tokens', limit: 40_000, remaining: 39_000, fullInMs: 2_000, atMs: NOW_MS },
      { unit: 'output-tokens', limit: 8_000, remaining: 0, fullInMs: 60_000, atMs: NOW_MS },
    ]);
  });

  test('OpenAI names two limits, with durations as Go prints them', () => {
    const get = headers({
      'x-ratelimit-limit-requests': '5000',
      'x-ratelimit-remaining-requests': '4999',
      'x-ratelimit-reset-requests': '12ms',
      'x-ratelimit-limit-tokens': '800000',
      'x-ratelimit-remaining-tokens': '798500',
      'x-ratelimit-reset-tokens': '1m2.5s',
    });

    const readings = parseLimitHeaders(get, NOW_MS);

    assert.deepEqual(readings, [
      { unit: 'requests', limit: 5_000, remaining: 4_999, fullInMs: 12, atMs: NOW_MS },
      { unit: 'tokens', limit: 800_000, remaining: 798_500, fullInMs: 62_500, atMs: NOW_MS },
    ]);
  });

  const durations: readonly [string, number | undefined][] = [
    ['6m0s', 360_000],
    ['1s', 1_000],
    ['7.66s', 7_660],
    ['1h2m3s', 3_723_000],
    ['250µs', 0.25],
    ['0', 0],
    ['0s', 0],
    ['60', undefined],
    ['-1s', undefined],
    ['1m 2s', undefined],
    ['1mm', undefined],
    ['', undefined],
    ['soon', undefined],
  ];
  for (const [text, expectedMs] of durations) {
    test(`the duration '${text}' is ${expectedMs === undefined ? 'not one' : `${expectedMs} ms`}`, () => {
      assert.equal(goDurationMs(text), expectedMs);
    });
  }

  test('a limit without a sensible size or rest is left out instead of being 0', () => {
    for (const bad of ['', 'NaN', '-1', '1e9', 'Infinity', '10, 20', '0x10', '12345678901234567890']) {
      const get = headers({ 'x-ratelimit-limit-tokens': '100', 'x-ratelimit-remaining-tokens': bad });
      assert.deepEqual(parseLimitHeaders(get, NOW_MS), [], bad);
    }
    assert.deepEqual(parseLimitHeaders(headers({ 'x-ratelimit-remaining-tokens': '10' }), NOW_MS), []);
    assert.deepEqual(
      parseLimitHeaders(
        headers({ 'x-ratelimit-limit-tokens': '0', 'x-ratelimit-remaining-tokens': '0' }),
        NOW_MS,
      ),
      [],
    );
  });

  test('more remaining than there is room for counts as full', () => {
    const get = headers({ 'x-ratelimit-limit-tokens': '100', 'x-ratelimit-remaining-tokens': '140' });

    assert.deepEqual(parseLimitHeaders(get, NOW_MS), [
      { unit: 'tokens', limit: 100, remaining: 100, atMs: NOW_MS },
    ]);
  });

  test('a reset in the past is now, an unreadable or absurd one is unknown', () => {
    const fullInMs = (reset: string) =>
      parseLimitHeaders(
        headers({
          'anthropic-ratelimit-requests-limit': '50',
          'anthropic-ratelimit-requests-remaining': '10',
          'anthropic-ratelimit-requests-reset': reset,
        }),
        NOW_MS,
      )[0]?.fullInMs;

    assert.equal(fullInMs('2026-11-20T11:59:58Z'), 0);
    assert.equal(fullInMs('1763640000'), undefined);
    assert.equal(fullInMs('tomorrow'), undefined);
    assert.equal(fullInMs('2026-13-45T99:99:99Z'), undefined);
    assert.equal(fullInMs('2999-01-01T00:00:00Z'), undefined);
  });

  test('time stamps are read by the clock of the platform when ours is off', () => {
    const get = headers({
      date: 'Fri, 20 Nov 2026 12:00:00 GMT',
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '10',
      'anthropic-ratelimit-requests-reset': '2026-11-20T12:00:30Z',
      'retry-after': 'Fri, 20 Nov 2026 12:00:20 GMT',
    });
    const ourNowMs = NOW_MS + 3_600_000;

    assert.equal(parseLimitHeaders(get, ourNowMs)[0]?.fullInMs, 30_000);
    assert.equal(retryAfterMs(get, ourNowMs), 20_000);
  });

  test('the wait is read from milliseconds, then seconds, then a date', () => {
    assert.equal(retryAfterMs(headers({ 'retry-after-ms': '250', 'retry-after': '9' }), NOW_MS), 250);
    assert.equal(retryAfterMs(headers({ 'retry-after': '9' }), NOW_MS), 9_000);
    assert.equal(retryAfterMs(headers({ 'retry-after': '0.5' }), NOW_MS), 500);
    assert.equal(retryAfterMs(headers({ 'retry-after': '3600' }), NOW_MS), 3_600_000);
    assert.equal(retryAfterMs(headers({ 'retry-after': 'Fri, 20 Nov 2026 12:00:07 GMT' }), NOW_MS), 7_000);
    assert.equal(retryAfterMs(headers({ 'retry-after': 'Fri, 20 Nov 2026 11:00:00 GMT' }), NOW_MS), 0);
  });

  test('a wait that makes no sense is unknown', () => {
    for (const bad of ['-5', 'NaN', 'soon', '1e99', '99999999999', 'apple 5']) {
      assert.equal(retryAfterMs(headers({ 'retry-after': bad }), NOW_MS), undefined, bad);
    }
    assert.equal(retryAfterMs(headers({}), NOW_MS), undefined);
  });

  test('whatever the headers hold, a reading stays within its bucket and no wait is negative', () => {
    const random = seededRandom(7);
    const pieces = ['1', '0', '-', '.', 'e', 's', 'm', 'h', 'NaN', '2026-11-20T12:00:01Z', ' ', 'ms', '9'];
    const garbage = () =>
      Array.from(
        { length: Math.floor(random() * 5) },
        () => pieces[Math.floor(random() * pieces.length)],
      ).join('');

    for (let round = 0; round < 3_000; round++) {
      const readings = parseLimitHeaders(() => garbage(), NOW_MS);
      const waitMs = retryAfterMs(() => garbage(), NOW_MS);

      for (const reading of readings) {
        assert.ok(reading.limit > 0 && reading.remaining >= 0 && reading.remaining <= reading.limit);
        assert.ok(reading.fullInMs === undefined || reading.fullInMs >= 0);
      }
      assert.ok(waitMs === undefined || (waitMs >= 0 && Number.isFinite(waitMs)));
    }
  });
});
