import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import type { BucketView } from '../../src/flow/snapshot.ts';
import { panelTexts } from '../../src/host/panelTexts.ts';
import { textOf } from '../../src/panel/dom.ts';
import { forecastWords } from '../../src/panel/forecastChart.ts';
import { forecastShape, HEIGHT, WIDTH } from '../../src/panel/forecastShape.ts';
import { Format } from '../../src/panel/format.ts';
import { Words } from '../../src/panel/words.ts';

const format = new Format(
  new Words(
    panelTexts((message) => message),
    'en-GB',
  ),
);
const HOUR_MS = 3_600_000;
/** Two in the afternoon where the test runs. */
const NOW_MS = new Date(2026, 2, 4, 14).getTime();

function bucket(change: Partial<BucketView> = {}): BucketView {
  return {
    id: 'one',
    platform: 'one',
    unit: 'share',
    refill: 'at-reset',
    size: 1,
    level: 0.5,
    reserved: 0,
    fullInMs: 4 * HOUR_MS,
    source: 'reported',
    simulated: false,
    ...change,
  };
}

const ends = {
  exhaustedFromMs: NOW_MS + HOUR_MS,
  exhaustedAtMs: NOW_MS + 2 * HOUR_MS,
  exhaustedToMs: NOW_MS + 3 * HOUR_MS,
  foretold: true,
};
const said = (change: Partial<BucketView>) => textOf(forecastWords(bucket(change), NOW_MS, format));

suite('panel/forecast', () => {
  test('the level goes from now to nothing at the expected time, within its band, before the reset', () => {
    const shape = forecastShape(bucket(ends), NOW_MS) ?? assert.fail();

    const scale = WIDTH / 4.16;
    const at = (hours: number) => Math.round(hours * scale * 100) / 100;
    assert.deepEqual(shape.line, [
      [0, HEIGHT / 2],
      [at(2), HEIGHT],
    ]);
    assert.deepEqual(shape.band, [
      [0, HEIGHT / 2],
      [at(1), HEIGHT],
      [at(3), HEIGHT],
    ]);
    assert.equal(shape.backX, at(4));
  });

  test('what may last has a band to its reset, and no line where it more likely lasts', () => {
    const { exhaustedToMs: _, ...open } = ends;
    const { exhaustedAtMs: __, ...early } = open;

    const maybe = forecastShape(bucket(open), NOW_MS) ?? assert.fail();
    const unlikely = forecastShape(bucket(early), NOW_MS) ?? assert.fail();

    assert.equal(maybe.band[2]?.[0], maybe.backX);
    assert.equal(unlikely.line, undefined);
    assert.equal(unlikely.band.length, 3);
  });

  test('every point lies in the drawing, in the order of time, whatever the times are', () => {
    for (let step = 0; step < 400; step += 1) {
      const from = NOW_MS + ((step * 7_919) % 40) * (HOUR_MS / 7);
      const change = {
        level: ((step * 37) % 130) / 100,
        exhaustedFromMs: from,
        exhaustedAtMs: from + (step % 9) * HOUR_MS,
        ...(step % 3 === 0 ? {} : { exhaustedToMs: from + (9 + (step % 5)) * HOUR_MS }),
        fullInMs: (step % 11) * HOUR_MS,
      };

      const shape = forecastShape(bucket(change), NOW_MS);

      if (change.level === 0) assert.equal(shape, undefined);
      for (const [x, y] of [...(shape?.line ?? []), ...(shape?.band ?? [])]) {
        assert.ok(x >= 0 && x <= WIDTH && y >= 0 && y <= HEIGHT, `${step}: ${x},${y}`);
      }
    }
  });

  test('nothing is drawn of what lasts, is used up or has no size', () => {
    assert.equal(forecastShape(bucket({ foretold: true }), NOW_MS), undefined);
    assert.equal(forecastShape(bucket({ ...ends, level: 0 }), NOW_MS), undefined);
    assert.equal(forecastShape(bucket({ ...ends, size: 0 }), NOW_MS), undefined);
  });

  test('its words say as much as is known, and no more', () => {
    const { exhaustedToMs: _, ...open } = ends;
    const { exhaustedFromMs: __, ...bare } = open;
    const { exhaustedAtMs: ___, ...early } = open;

    assert.equal(said(ends), 'runs out at about 16:00 (15:00–17:00), back at 18:00');
    assert.equal(said(open), 'runs out at about 16:00, at the earliest 15:00, or lasts, back at 18:00');
    assert.equal(said({ ...bare, refill: 'continuous' }), 'runs out at about 16:00');
    assert.equal(said(early), 'may run out, at the earliest 15:00, back at 18:00');
    assert.equal(said({ foretold: true }), 'lasts until it is full again, if used as before');
    assert.equal(said({ ...ends, level: 0 }), 'used up, back at 18:00');
    assert.equal(said({ level: 0, enoughAtMs: NOW_MS + HOUR_MS }), 'used up, room again at 15:00');
    assert.equal(
      said({ enoughAtMs: NOW_MS + HOUR_MS }),
      'too little for a usual request, room again at 15:00',
    );
    assert.equal(said({ foretold: false }), 'too little use seen yet to say when it runs out');
  });
});
