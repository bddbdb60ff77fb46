import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import { type Book, emptyBook } from '../../src/quota/book.ts';
import { LocalShare, laterBy } from '../../src/quota/localShare.ts';
import { applyOperation } from '../../src/quota/operations.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { ask } from './storeLaws.ts';

const LEASE_MS = 15_000;
const tokens = (inputTokens: number) => ({ inputTokens, outputTokens: 0 });

function book(size: number, refillPerMs: number, clock: FakeClock): Book {
  const made = emptyBook();
  const limits = [{ platform: 'p', unit: 'tokens', size, refillPerMs } as const];
  applyOperation(made, { kind: 'declare', limits }, clock.monotonic());
  return made;
}

function share(clock: FakeClock, windows: number, known: Book, holder = 'us'): LocalShare {
  return new LocalShare({ clock, holder, windows, books: [['p', known]] });
}

suite('the part of a window', () => {
  test('all windows together grant no more than was left and is refilled, over random outages', () => {
    for (let seed = 0; seed < 300; seed += 1) {
      const random = seededRandom(seed);
      const clock = new FakeClock();
      const [size, refillPerMs] = [100 + random() * 1_000, random() * 0.5];
      const known = book(size, refillPerMs, clock);
      const spent = random() * size;
      const first = ask('before', 0, spent, { fair: false });
      applyOperation(known, { kind: 'take', ask: first, holder: 'gone', leaseMs: LEASE_MS }, 0);
      const count = 1 + Math.floor(random() * 6);
      const windows = Array.from({ length: count }, (_, index) => share(clock, count, known, `${index}`));
      let granted = 0;
      for (let step = 0; step < 200; step += 1) {
        clock.advance(random() * 50);
        const amount = (random() * size) / count;
        const one = ask(`${seed} ${step}`, Math.floor(random() * 4), amount, { fair: random() < 0.5 });
        const window = windows[step % count];
        const { ok } = window?.run('p', { kind: 'take', ask: one, holder: 'us', leaseMs: 1e12 }) ?? {
          ok: false,
        };
        // Critical work may owe once what the next refill brings.
        if (ok)
          granted +=
            window
              ?.book('p')
              ?.held.at(-1)
              ?.parts[0]?.taken.reduce((sum, part) => sum + part, 0) ?? 0;
      }

      const most = size - spent + clock.monotonic() * refillPerMs;
      assert.ok(granted <= most * (1 + 1e-9) + count, `seed ${seed}: ${granted} of ${most}`);
    }
  });

  test('a request larger than the share is served once the share is full, and the refill pays for it', () => {
    const clock = new FakeClock();
    const window = share(clock, 4, book(400, 0.1, clock));
    const large = (id: string) =>
      window.run('p', { kind: 'take', ask: ask(id, 1, 200, { fair: false }), holder: 'us', leaseMs: 1e12 });

    const first = large('a');
    window.run('p', { kind: 'settle', id: 'a', used: tokens(200) });
    const second = large('b');
    clock.advance(second.waitMs - 2);
    const early = large('c');
    clock.advance(2);

    assert.deepEqual([first.ok, second.ok, early.ok, large('d').ok], [true, false, false, true]);
    // 100 that it owed and 100 to be full again, at a fourth of the refill.
    assert.equal(second.waitMs, 200 / 0.025);
  });

  test('what the platform says and what is declared meanwhile counts for the share too', () => {
    const clock = new FakeClock();
    const window = share(clock, 2, emptyBook());
    const reading = { unit: 'requests', limit: 10, remaining: 4, atMs: 0, ageMs: 0 } as const;

    window.run('p', { kind: 'read', readings: [reading] });
    window.run('p', {
      kind: 'declare',
      limits: [{ platform: 'p', unit: 'usd', size: 8, window: '1d', windowMs: 1e6 }],
    });

    const rows = window.book('p')?.limits.map(({ unit, size }) => [unit, size]);
    assert.deepEqual(rows, [
      ['requests', 5],
      ['usd', 4],
    ]);
  });

  test('what is told later: how each reservation ended, and what to charge if nobody knows of it', () => {
    const clock = new FakeClock();
    const window = share(clock, 1, book(100, 0, clock));
    window.run('p', { kind: 'take', ask: ask('mine', 2, 10, { fair: false }), holder: 'us', leaseMs: 1e12 });
    window.run('p', { kind: 'take', ask: ask('open', 2, 10, { fair: false }), holder: 'us', leaseMs: 1e12 });

    window.run('p', { kind: 'settle', id: 'mine', used: tokens(7) });
    window.run('p', { kind: 'settle', id: 'older', used: tokens(5) });

    assert.deepEqual(
      window.notes.map(({ operation, otherwise }) => [
        operation.kind === 'settle' && operation.id,
        otherwise?.used,
      ]),
      [
        ['mine', tokens(7)],
        ['older', undefined],
      ],
    );
    assert.deepEqual([...window.strays.keys()], ['open']);
  });

  test('a reading that is told later is so much older', () => {
    const reading = { unit: 'requests', limit: 10, remaining: 4, atMs: 0, ageMs: 5 } as const;

    const later = laterBy({ kind: 'read', readings: [reading] }, 1_000);

    assert.equal(later.kind === 'read' && later.readings[0]?.ageMs, 1_005);
  });
});
