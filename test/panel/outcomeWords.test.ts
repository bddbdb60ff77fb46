import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { fatesOf, fateView } from '../../src/flow/fates.ts';
import { numberWords } from '../../src/host/numberWords.ts';
import { outcomeWords } from '../../src/host/outcomeWords.ts';
import type { Translate } from '../../src/host/panelTexts.ts';
import type { Outcome, OutcomeFacts } from '../../src/routing/outcomes.ts';

const fill: Translate = (message, ...args) =>
  message.replace(/\{(\d+)\}/g, (_, index: string) => String(args[Number(index)]));
const outcomes = (facts: readonly OutcomeFacts[], receiptId = 'one'): Outcome[] =>
  facts.map((each, atMs) => ({ ...each, receiptId, atMs }));
const said = (...facts: OutcomeFacts[]) =>
  outcomeWords(outcomes(facts), (share) => `${Math.round(share * 100)}%`, fill);
const settled = (accepted: number, rejected = 0, lost = 0): OutcomeFacts => ({
  kind: 'edit-settled',
  accepted,
  rejected,
  lost,
});

suite('host/outcomeWords', () => {
  test('an edit says how much of it was taken, what changed in it, and what it did to the problems', () => {
    assert.equal(
      said(settled(2, 1), { kind: 'edited-after', share: 0.4 }, { kind: 'problems', before: 3, after: 2 }),
      'accepted 2 of 3, changed 40% afterwards, 1 problem less',
    );
    assert.equal(said(settled(3), { kind: 'edited-after', share: 0 }), 'accepted, kept');
    assert.equal(said(settled(0, 2)), 'rejected');
    assert.equal(said(settled(0, 0, 1)), 'lost: its text changed');
    assert.equal(said({ kind: 'problems', before: 0, after: 4 }), '4 problems more');
  });

  test('what was undone is neither kept nor changed, and of each kind the newest is said', () => {
    assert.equal(
      said(settled(1), { kind: 'edited-after', share: 0 }, { kind: 'undone', afterMs: 9 }),
      'accepted, undone',
    );
    assert.equal(said({ kind: 'copied' }, { kind: 'copied' }), 'copied');
  });

  test('there are no words where nothing is worth one', () => {
    assert.equal(said(), undefined);
    assert.equal(said({ kind: 'cancelled' }), undefined);
    assert.equal(said(settled(0)), undefined);
    assert.equal(said({ kind: 'problems', before: 2, after: 2 }), undefined);
  });
});

suite('flow/fates', () => {
  test('outcomes are those of the answers that are listed, oldest first; each answer counts once', () => {
    const newestFirst = [
      ...outcomes([{ kind: 'undone', afterMs: 5 }], 'b'),
      ...outcomes([{ kind: 'copied' }], 'gone'),
      ...outcomes([{ kind: 'copied' }], 'c'),
      ...outcomes([settled(1)], 'b'),
      ...outcomes([{ kind: 'edited-after', share: 0 }, settled(2, 1)], 'a'),
      ...outcomes([{ kind: 'asked-stronger' }], 'd'),
    ];

    const fates = fatesOf([{ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'd' }, { id: 'e' }], newestFirst);

    assert.deepEqual([...fates.keys()].toSorted(), ['a', 'b', 'c', 'd']);
    assert.deepEqual(
      fates.get('a')?.map(({ kind }) => kind),
      ['edit-settled', 'edited-after'],
    );
    assert.deepEqual(fateView(fates), { known: 4, accepted: 2, undone: 1 });
  });
});

suite('host/numberWords', () => {
  test('money is written as the language writes it, to the millionth where it matters', () => {
    const english = numberWords('en');
    const italian = numberWords('it');

    assert.deepEqual(
      [0, 12.345, 1, 0.42, 0.0137, 0.001234, 0.000001].map((usd) => english.usd(usd)),
      ['$0.00', '$12.35', '$1.00', '$0.4200', '$0.0137', '$0.001234', '$0.000001'],
    );
    assert.match(italian.usd(0.001234), /^0,001234\s\$$/);
    assert.equal(italian.decimal(1.25, 2), '1,25');
    assert.equal(english.decimal(4, 1), '4.0');
  });
});
