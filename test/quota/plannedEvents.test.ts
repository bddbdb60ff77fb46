import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { eventWeight, parsePlannedEvents } from '../../src/quota/plannedEvents.ts';

const RELEASE = { name: 'Release', day: 'Friday', from: '14:00', to: '18:30', weight: 3 };

suite('planned events', () => {
  test('an event counts on its weekday, from its first minute to the one before its last', () => {
    const { events = [] } = parsePlannedEvents([RELEASE]) ?? {};

    const weights = [
      at(20, 13, 59),
      at(20, 14, 0),
      at(20, 18, 29),
      at(20, 18, 30),
      at(19, 15, 0),
      at(27, 15, 0),
    ].map((atMs) => eventWeight(events, atMs));

    assert.deepEqual(weights, [1, 3, 3, 1, 1, 3]);
  });

  test('an event on a date counts once, and the heaviest of several counts', () => {
    const planning = { name: 'Planning', day: '2026-11-20', from: '9:00', to: '24:00', weight: 5 };
    const { events = [] } = parsePlannedEvents([RELEASE, planning]) ?? {};

    const weights = [at(20, 15, 0), at(27, 15, 0), at(20, 23, 59)].map((atMs) => eventWeight(events, atMs));

    assert.deepEqual(weights, [5, 3, 5]);
  });

  test('an event over midnight goes on into the next day', () => {
    const night = { name: 'Night run', day: 'friday', from: '22:00', to: '02:00', weight: 4 };
    const { events = [] } = parsePlannedEvents([night]) ?? {};

    const weights = [at(20, 1, 0), at(20, 23, 0), at(21, 1, 0), at(21, 2, 0)].map((atMs) =>
      eventWeight(events, atMs),
    );

    assert.deepEqual(weights, [1, 4, 4, 1]);
  });

  test('a bad row is left out and named by its first bad field; the others count', () => {
    const parsed = parsePlannedEvents([
      RELEASE,
      { ...RELEASE, name: ' ' },
      { ...RELEASE, day: '2026-02-30' },
      { ...RELEASE, from: '25:00' },
      { ...RELEASE, to: undefined },
      { ...RELEASE, weight: -1 },
      { ...RELEASE, whight: 2 },
      'Friday',
      { name: 'Usual', day: 'monday', from: '9:00', to: '10:00' },
    ]);

    assert.deepEqual(parsed?.bad, [
      { row: 2, field: 'name' },
      { row: 3, field: 'day' },
      { row: 4, field: 'from' },
      { row: 5, field: 'to' },
      { row: 6, field: 'weight' },
      { row: 7, field: 'whight' },
      { row: 8, field: 'row' },
    ]);
    assert.deepEqual(
      parsed?.events.map(({ name, weight }) => [name, weight]),
      [
        ['Release', 3],
        ['Usual', 2],
      ],
    );
    assert.equal(parsePlannedEvents('Friday'), undefined);
  });
});

/** A moment of November 2026, local time; the 20th is a Friday. */
function at(day: number, hour: number, minute: number): number {
  return new Date(2026, 10, day, hour, minute).getTime();
}
