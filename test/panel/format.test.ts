import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { panelTexts } from '../../src/host/panelTexts.ts';
import { Format } from '../../src/panel/format.ts';
import { Words } from '../../src/panel/words.ts';

const texts = panelTexts((message) => message);
const english = new Format(new Words(texts, 'en'));

suite('panel/format', () => {
  test('a duration is shown with two digits that count and never as sixty of a smaller unit', () => {
    const shown = [0, 0.3, 1, 340, 999, 999.9, 1000, 3449, 9949, 9950, 59_400, 59_600, 240_000, 3_599_999];

    assert.deepEqual(
      shown.map((ms) => english.duration(ms)),
      [
        '0 ms',
        '1 ms',
        '1 ms',
        '340 ms',
        '999 ms',
        '1 s',
        '1 s',
        '3.4 s',
        '9.9 s',
        '10 s',
        '59 s',
        '1 min',
        '4 min',
        '1 h',
      ],
    );
    assert.equal(english.duration(7_500_000), '2 h 5 min');
    assert.equal(english.duration(86_400_000 * 3 + 7_200_000), '3 d 2 h');
    assert.equal(english.duration(86_399_999), '24 h');
  });

  test('money shows two digits after the point and small amounts as many as they need', () => {
    const shown = [0, 12.345, 1, 0.42, 0.0137, 0.00042, 0.0000009].map((usd) => english.usd(usd));

    assert.deepEqual(shown, ['$0.00', '$12.35', '$1.00', '$0.42', '$0.014', '$0.00042', '<$0.000001']);
  });

  test('only a full thing is 100 % and only an empty one 0 %', () => {
    const shown = [0, 0.004, 0.01, 0.29, 0.57, 0.996, 1].map((fraction) => english.percent(fraction));

    assert.deepEqual(shown, ['0%', '<1%', '1%', '29%', '57%', '99%', '100%']);
  });

  test('tokens are exact below a million', () => {
    assert.deepEqual(
      [0, 999, 34_210, 999_999, 1_234_567].map((tokens) => english.tokens(tokens)),
      ['0', '999', '34,210', '999,999', '1.23M'],
    );
  });

  test('numbers follow the locale, and a broken locale is English', () => {
    const italian = new Format(new Words(texts, 'it'));
    const broken = new Format(new Words(texts, 'not a locale'));

    assert.equal(italian.tokens(34_210), '34.210');
    assert.match(italian.usd(0.0042), /^0,0042/);
    assert.equal(broken.tokens(34_210), '34,210');
  });

  test('a moment of another day names the day', () => {
    const now = Date.UTC(2026, 2, 4, 12);

    assert.doesNotMatch(english.moment(now - 60_000, now), /Mar/);
    assert.match(english.moment(now - 3 * 86_400_000, now), /Mar 1/);
    assert.equal(english.day('2026-03-04'), 'Wed, Mar 4');
    assert.equal(english.day('yesterday'), 'yesterday');
  });
});

suite('panel/words', () => {
  test('a text without its key is the key, and an unfilled place stays', () => {
    const words = new Words({ two: '{0} then {1}' }, 'en');

    assert.equal(words.t('gone'), 'gone');
    assert.equal(words.t('two', 'a'), 'a then {1}');
  });

  test('a value that looks like a place is not filled again', () => {
    assert.equal(new Words({ two: '{0} {1}' }, 'en').t('two', '{1}', 'b'), '{1} b');
  });

  test('counting follows the language and falls back to other', () => {
    const words = new Words({ 'n.one': '{0} thing', 'n.other': '{0} things' }, 'en');

    assert.equal(words.count('n', 1, '1'), '1 thing');
    assert.equal(words.count('n', 0, '0'), '0 things');
    assert.equal(new Words({ 'n.other': '{0} things' }, 'it').count('n', 1, '1'), '1 things');
  });
});
