import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import type { BucketView } from '../../src/flow/snapshot.ts';
import {
  limitList,
  type MeterFacts,
  type MeterFormat,
  meterFace,
  OLD_AFTER_MS,
} from '../../src/host/meterFace.ts';
import type { Translate } from '../../src/host/panelTexts.ts';

const format: MeterFormat = {
  percent: (share) => `${Math.floor(share * 100 + 1e-9)}%`,
  duration: (ms) => `${Math.round(ms / 1_000)} s`,
  amount: (value, unit) => (unit === 'usd' ? `$${value}` : String(value)),
  moment: (inMs) => `moment+${inMs / 1_000}`,
  time: (atMs) => `time ${atMs}`,
  ahead: ({ exhaustedAtMs }) => (exhaustedAtMs === undefined ? undefined : `runs out at ${exhaustedAtMs}`),
};
/** English, as VS Code's own `t` fills it in. */
const fill: Translate = (message, ...args) =>
  message.replace(/\{(\d+)\}/g, (_, index: string) => String(args[Number(index)]));
const platforms: MeterFacts['platforms'] = [
  { id: 'anthropic', label: 'Anthropic', simulated: false },
  { id: 'claude', label: 'Claude Code', simulated: false },
];

function bucket(change: Partial<BucketView> = {}): BucketView {
  return {
    id: 'one',
    platform: 'anthropic',
    unit: 'requests',
    refill: 'continuous',
    size: 100,
    level: 60,
    reserved: 0,
    fullInMs: 24_000,
    source: 'reported',
    readingAgeMs: 2_000,
    simulated: false,
    ...change,
  };
}

const share = (change: Partial<BucketView> = {}) =>
  bucket({
    id: 'two',
    platform: 'claude',
    unit: 'share',
    window: '5h',
    refill: 'at-reset',
    size: 1,
    level: 0.62,
    fullInMs: 7_200_000,
    ...change,
  });

const face = (buckets: readonly BucketView[], change: Partial<MeterFacts> = {}) =>
  meterFace({ buckets, platforms, running: 0, ...change }, format, fill);
const rows = (tooltip: string) => tooltip.split('\n').filter((line) => line.startsWith('| '));

suite('host/meterFace', () => {
  test('the worst fresh limit is shown, not a sum and not the first', () => {
    const { text, label, level } = face([bucket(), share({ level: 0.5 }), bucket({ level: 90 })]);

    assert.equal(text, '$(dashboard) 50% · 7200 s');
    assert.equal(label, 'Sluice: 50% of Claude Code, 5h window left. Full again in 7200 s');
    assert.equal(level, 'calm');
  });

  test('a limit that will run out says when, in the bar and in the tooltip', () => {
    const { text, tooltip } = face([share({ level: 0.5, exhaustedAtMs: 1_234 })]);

    assert.equal(text, '$(dashboard) 50% · until time 1234');
    assert.match(tooltip, /runs out at 1234/);
  });

  test('without any limit it is a dash that is explained', () => {
    const { text, label, tooltip, level } = face([]);

    assert.equal(text, '$(dashboard) –');
    assert.equal(label, 'Sluice: no limit known yet');
    assert.match(tooltip, /they come with the first answer/);
    assert.equal(level, 'calm');
  });

  test('an old reading is never the number: another limit is, or its age', () => {
    const old = bucket({ level: 1, readingAgeMs: OLD_AFTER_MS + 1 });

    assert.equal(face([old, bucket()]).text, '$(dashboard) 60%');
    const alone = face([old]);
    assert.equal(alone.text, '$(dashboard) 3600 s old');
    assert.equal(alone.label, 'Sluice: limits were last read 3600 s ago');
    assert.equal(alone.level, 'calm');
    assert.match(rows(alone.tooltip)[1] ?? '', /\| \*–\* \|.*\*old: read 3600 s ago\*/);
    assert.equal(face([bucket({ readingAgeMs: OLD_AFTER_MS })]).text, '$(dashboard) 60%');
  });

  test('a limit that is reported but was not read yet is no number either', () => {
    const { readingAgeMs: _, ...unread } = bucket();

    assert.equal(face([unread]).text, '$(dashboard) –');
  });

  test('a declared limit is our own count: it is fresh without a reading, and says what it is', () => {
    const { readingAgeMs: _, ...declared } = bucket({ source: 'declared', level: 3 });

    const { text, level, tooltip } = face([declared, bucket()]);

    assert.deepEqual([text, level], ['$(dashboard) 3% · 24 s', 'error']);
    assert.match(rows(tooltip)[1] ?? '', /\| 3% \| in 24 s \| declared, no reading yet \|/);
  });

  test('a limit that is used up says when it is back, not that it runs out now', () => {
    const { text } = face([share({ level: 0, exhaustedAtMs: 1_234 })]);

    assert.equal(text, '$(dashboard) 0% · 7200 s');
  });

  test('the time until it is back stands in a window always, and elsewhere when little is left', () => {
    assert.equal(face([bucket({ level: 20 })]).text, '$(dashboard) 20%');
    assert.equal(face([bucket({ level: 19 })]).text, '$(dashboard) 19% · 24 s');
    const { fullInMs: _, ...unknown } = share();
    assert.equal(face([unknown]).text, '$(dashboard) 62%');
    assert.equal(face([share({ level: 1, fullInMs: 0 })]).text, '$(dashboard) 100%');
  });

  test('it is a warning below 20 % and an error below 5 %, and never before', () => {
    const levels = [100, 20, 19.9, 5, 4.9, 0].map((level) => face([bucket({ level })]).level);

    assert.deepEqual(levels, ['calm', 'calm', 'warning', 'warning', 'error', 'error']);
  });

  test('each limit has its use, what is left, when it is back, and how old the reading is', () => {
    const { tooltip } = face([bucket(), share(), bucket({ unit: 'usd', refill: 'never', level: 70 })]);

    assert.deepEqual(rows(tooltip), [
      '| Limit | Used | Left | Full again | Source |',
      '| Anthropic, requests | 40 of 100 | 60% | in 24 s | reported 2 s ago |',
      '| Claude Code, 5h window | 38% | 62% | moment\\+7200, in 7200 s | reported 2 s ago |',
      '| Anthropic, money | \\$30 of \\$100 | 70% | does not refill | reported 2 s ago |',
    ]);
  });

  test('where a table would be too wide the same stands in a list', () => {
    const full = bucket({ level: 100, fullInMs: 0 });
    const facts = { buckets: [bucket(), share({ readingAgeMs: OLD_AFTER_MS + 1_000 }), full], platforms };

    assert.deepEqual(limitList(facts, format, fill), [
      '- **Anthropic, requests**  \n  Used: 40 of 100 · Left: 60% · Full again: in 24 s · Source: reported 2 s ago',
      `- ***Claude Code, 5h window***  \n  Used: *38%* · Left: *–* · Full again: *moment\\+7200, in 7200 s* · Source: *old: read ${OLD_AFTER_MS / 1_000 + 1} s ago*`,
      '- **Anthropic, requests**  \n  Used: 0 of 100 · Left: 100% · Source: reported 2 s ago',
    ]);
  });

  test('a nearly used-up window is not rounded to used up, and the two parts make a whole', () => {
    const [, row] = rows(face([share({ level: 0.006 })]).tooltip);

    assert.match(row ?? '', /\| 100% \| 0% \|/);
  });

  test('the worst limits come first, a dozen at most, and the rest is counted', () => {
    const many = Array.from({ length: 40 }, (_, index) => bucket({ level: 99 - index, window: `w${index}` }));

    const { tooltip } = face(many);

    assert.equal(rows(tooltip).length, 13);
    assert.match(rows(tooltip)[1] ?? '', /w39/);
    assert.match(tooltip, /28 more in the dashboard/);
  });

  test('what is simulated says so in the text, to the ear and above its rows or in them', () => {
    const simulated = { id: 'simulated', label: 'Simulated platform', simulated: true };
    const limit = bucket({ platform: 'simulated', simulated: true });
    const alone = face([limit], { platforms: [simulated] });
    const among = face([limit, bucket()], { platforms: [simulated, ...platforms] });

    assert.equal(alone.text, '$(dashboard) 60% · simulated');
    assert.match(alone.label, /^Sluice, simulated platform: 60%/);
    assert.match(alone.tooltip, /^\*\*Sluice\*\* – Simulated platform\n/);
    assert.match(rows(alone.tooltip)[1] ?? '', /^\| requests \|/);
    assert.match(rows(among.tooltip)[1] ?? '', /^\| Simulated platform, requests \\\(simulated\\\) \|/);
    assert.match(rows(among.tooltip)[2] ?? '', /^\| Anthropic, requests \|/);
  });

  test('a bucket of several platforms names them, also where only one of them is connected', () => {
    const several = bucket({ platform: 'shared:fallback', owner: 'fallback (Anthropic + Groq)' });

    const all = face([several]);
    const alone = face([several], { platforms: platforms.slice(0, 1) });

    assert.match(all.label, /60% of fallback \(Anthropic \+ Groq\), requests left/);
    for (const { tooltip } of [all, alone])
      assert.match(rows(tooltip)[1] ?? '', /^\| fallback \\\(Anthropic \\\+ Groq\\\), requests \|/);
  });

  test('a running request turns the icon and is said', () => {
    const { text, label } = face([bucket()], { running: 2 });

    assert.match(text, /^\$\(loading~spin\) /);
    assert.match(label, /A request is running$/);
  });

  test('a name from elsewhere is text: no link, no icon, no cell, no line', () => {
    const hostile = '[x](command:evil) $(alert) | `a` <b>\n| c';
    const { tooltip } = face([bucket({ platform: 'p', model: hostile })], {
      platforms: [{ id: 'p', label: hostile, simulated: false }],
    });

    assert.equal(rows(tooltip).length, 2);
    assert.doesNotMatch(tooltip, /(?<!\\)[[(]\s*(x|command)|(?<!\\)\$\(|(?<!\\)[<`]/);
  });
});
