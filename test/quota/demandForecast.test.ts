import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import { DemandForecast, HOUR_MS } from '../../src/quota/demandForecast.ts';

/** A Sunday at midnight, local time. */
const SUNDAY = new Date(2026, 10, 1).getTime();
const WEEK = 168;

suite('demand forecast', () => {
  test('after some weeks it knows the working hours, the evenings and the weekend', () => {
    const forecast = weeks(4, (day, hour) => (isWork(day, hour) ? 1_000 : 10));
    const nextMs = SUNDAY + 4 * WEEK * HOUR_MS;

    const [night, morning, weekend] = [
      [2, 3],
      [2, 10],
      [6, 10],
    ].map(([day = 0, hour = 0]) => forecast.rate(nextMs + (day * 24 + hour) * HOUR_MS, nextMs));

    assert.ok((morning ?? 0) > 700, `${morning}`);
    assert.ok((night ?? 1e9) < 120, `${night}`);
    assert.ok((weekend ?? 1e9) < 120, `${weekend}`);
  });

  test('an hour never seen is judged by the same hour of other days', () => {
    const forecast = weeks(1, (day, hour) => (isWork(day, hour) && day <= 3 ? 1_000 : 0), 4 * 24);
    const nowMs = SUNDAY + 4 * 24 * HOUR_MS;

    const thursdayMorning = forecast.rate(nowMs + 10 * HOUR_MS, nowMs);
    const thursdayNight = forecast.rate(nowMs + 23 * HOUR_MS, nowMs);

    assert.ok(thursdayMorning > 5 * thursdayNight, `${thursdayMorning} and ${thursdayNight}`);
  });

  test('newer weeks weigh more than older ones', () => {
    const forecast = weeks(8, (day, hour, week) => (isWork(day, hour) ? (week < 4 ? 100 : 1_000) : 0));
    const nextMs = SUNDAY + 8 * WEEK * HOUR_MS;

    const rate = forecast.rate(nextMs + (24 + 10) * HOUR_MS, nextMs);

    assert.ok(rate > 550, `${rate}`);
  });

  test('what goes on just now counts at once, and less the further one looks ahead', () => {
    const forecast = weeks(2, () => 60);
    const nowMs = SUNDAY + 2 * WEEK * HOUR_MS + 10 * HOUR_MS;
    for (let minute = 60; minute > 0; minute -= 1) forecast.add(100, nowMs - minute * 60_000);

    const [now, soon, tomorrow] = [0, 1, 24].map((hours) => forecast.rate(nowMs + hours * HOUR_MS, nowMs));

    assert.ok((now ?? 0) > 3_000, `${now}`);
    assert.ok((soon ?? 0) < 0.5 * (now ?? 0));
    assert.ok((tomorrow ?? 1e9) < 300, `${tomorrow}`);
  });

  test('a planned event multiplies what is expected, and what it brought is not taken for usual', () => {
    const plain = weeks(2, () => 100);
    const eventful = weeks(2, () => 300, 2 * WEEK, 3);
    const nowMs = SUNDAY + 2 * WEEK * HOUR_MS + 24 * HOUR_MS;
    const toMs = nowMs + 4 * HOUR_MS;

    const usual = plain.expected(nowMs, toMs, nowMs).mean;
    const doubled = plain.expected(nowMs, toMs, nowMs, () => 2).mean;
    const learned = eventful.expected(nowMs, toMs, nowMs).mean;

    assert.ok(Math.abs(doubled / usual - 2) < 1e-9);
    assert.ok(Math.abs(learned / usual - 1) < 0.05);
  });

  test('a steady demand is foretold more narrowly than an unsteady one', () => {
    const random = seededRandom(1);
    const steady = weeks(3, () => 100 + 5 * random());
    const unsteady = weeks(3, () => (random() < 0.2 ? 500 : 0));

    assert.ok(steady.spread(HOUR_MS) < 0.5 * unsteady.spread(HOUR_MS));
    assert.ok(unsteady.spread(24 * HOUR_MS) < unsteady.spread(HOUR_MS));
  });

  test('law: nine in ten hours lie below the mean and 1.28 widths of what was foretold for them, give or take', () => {
    const random = seededRandom(2);
    const forecast = new DemandForecast();
    let [below, all] = [0, 0];
    for (let hour = 0; hour < 6 * WEEK; hour += 1) {
      const atMs = SUNDAY + hour * HOUR_MS;
      const amount = isWork(Math.floor(hour / 24) % 7, hour % 24) ? 800 * (0.5 + random()) : 0;
      const { mean, spread } = forecast.expected(atMs, atMs + HOUR_MS, atMs);
      if (hour >= 3 * WEEK && amount > 0) {
        all += 1;
        if (amount <= mean * (1 + 1.2816 * spread)) below += 1;
      }
      for (const part of [0, 1, 2, 3]) forecast.add(amount / 4, atMs + (part * HOUR_MS) / 4 + 1);
    }

    assert.ok(below / all > 0.8 && below / all < 0.97, `${below / all}`);
  });

  test('a state is restored as it was; a damaged one begins anew', () => {
    const forecast = weeks(2, (day, hour) => (isWork(day, hour) ? 700 : 3));
    const nowMs = SUNDAY + 2 * WEEK * HOUR_MS;

    const restored = DemandForecast.fromJSON(JSON.parse(JSON.stringify(forecast)));
    const damaged = [undefined, 7, { slots: [] }, { ...forecast.toJSON(), hour: 'x' }].map(
      (raw) => DemandForecast.fromJSON(raw).hoursSeen,
    );

    for (const hours of [1, 10, 34, 60]) {
      const [before, after] = [forecast, restored].map((one) => one.rate(nowMs + hours * HOUR_MS, nowMs));
      assert.ok(Math.abs((before ?? 0) - (after ?? 1)) <= 0.01 * (before ?? 0) + 0.01);
    }
    assert.deepEqual(damaged, [0, 0, 0, 0]);
  });
});

/** Feeds `hours` of history, each hour in two parts. */
function weeks(
  count: number,
  amount: (day: number, hour: number, week: number) => number,
  hours = count * WEEK,
  weight = 1,
): DemandForecast {
  const forecast = new DemandForecast();
  for (let index = 0; index < hours; index += 1) {
    const atMs = SUNDAY + index * HOUR_MS;
    const one = amount(Math.floor(index / 24) % 7, index % 24, Math.floor(index / WEEK));
    forecast.add(one / 2, atMs + 1, weight);
    forecast.add(one / 2, atMs + HOUR_MS / 2, weight);
  }
  forecast.add(0, SUNDAY + hours * HOUR_MS, weight);
  return forecast;
}

function isWork(day: number, hour: number): boolean {
  return day >= 1 && day <= 5 && hour >= 9 && hour < 17;
}
