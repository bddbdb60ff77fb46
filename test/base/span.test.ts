/** A span stays on its words. */
import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import { type Span, shiftedSpan, type TextChange } from '../../src/base/span.ts';

const apply = (text: string, { at, removed, added }: TextChange, letter: string) =>
  text.slice(0, at) + letter.repeat(added) + text.slice(at + removed);
const cut = (text: string, { start, end }: Span) => text.slice(start, end);

suite('span', () => {
  test('what is typed in front of it moves it, what is typed behind it does not', () => {
    const span = { start: 10, end: 20 };

    assert.deepEqual(shiftedSpan(span, { at: 2, removed: 0, added: 5 }, false), { start: 15, end: 25 });
    assert.deepEqual(shiftedSpan(span, { at: 2, removed: 8, added: 1 }, false), { start: 3, end: 13 });
    assert.deepEqual(shiftedSpan(span, { at: 21, removed: 3, added: 9 }, false), span);
    assert.deepEqual(shiftedSpan(span, { at: 20, removed: 0, added: 9 }, false), span);
  });

  test('what is inserted at its end belongs to it only while it grows, at its start always', () => {
    const span = { start: 10, end: 20 };

    assert.deepEqual(shiftedSpan(span, { at: 20, removed: 0, added: 3 }, true), { start: 10, end: 23 });
    assert.deepEqual(shiftedSpan(span, { at: 10, removed: 0, added: 3 }, false), { start: 10, end: 23 });
  });

  test('law: after any changes inside or outside, it holds what is left of its words and all that came in between', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const random = seededRandom(seed);
      const whole = (below: number) => Math.floor(random() * below);
      let text = `${'a'.repeat(1 + whole(9))}${'b'.repeat(1 + whole(9))}${'c'.repeat(1 + whole(9))}`;
      let span: Span = { start: text.indexOf('b'), end: text.indexOf('c') };
      for (let step = 0; step < 20; step += 1) {
        const at = whole(text.length + 1);
        const change = { at, removed: whole(Math.min(4, text.length - at) + 1), added: whole(4) };
        const inside = at > span.start && at + change.removed < span.end;
        span = shiftedSpan(span, change, false);
        text = apply(text, change, inside ? 'b' : 'x');

        assert.ok(0 <= span.start && span.start <= span.end && span.end <= text.length, `seed ${seed}`);
        assert.equal(cut(text, span).replaceAll(/[^b]/g, ''), text.replaceAll(/[^b]/g, ''), `seed ${seed}`);
      }
    }
  });
});
