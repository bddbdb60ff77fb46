import assert from 'node:assert/strict';
import { suite, suiteSetup, suiteTeardown, test } from 'mocha';
import type { Browser } from 'playwright-core';
import type { ToPanel } from '../../src/flow/messages.ts';
import type { Snapshot } from '../../src/flow/snapshot.ts';
import { launch, type PageOptions, type PanelPage, TEXTS, withPanel } from './panelPage.ts';
import { decisions, emptySnapshot, fullSnapshot } from './stateFixture.ts';
import { THEMES, type ThemeName } from './themeFixture.ts';

const snapshot = (change: Partial<Snapshot> = {}): ToPanel => ({
  kind: 'snapshot',
  snapshot: { ...fullSnapshot, ...change },
});

suite('panel/dashboard in Chromium', function () {
  this.timeout(90_000);
  let browser: Browser;

  suiteSetup(async () => {
    browser = await launch();
  });
  suiteTeardown(() => browser.close());

  const withPage = (options: PageOptions, run: (panel: PanelPage) => Promise<void>) =>
    withPanel(browser, 'dashboard', options, run);

  const stateOf = (panel: PanelPage) => panel.page.locator('main').getAttribute('data-state');

  test('it says ready and shows the loading state alone until texts and a snapshot came', () =>
    withPage({}, async (panel) => {
      assert.deepEqual(await panel.posted(), [{ kind: 'ready' }]);
      assert.equal(await stateOf(panel), 'loading');
      assert.equal(await panel.page.locator('main').textContent(), 'Sluice');

      await panel.send(snapshot());
      assert.equal(await stateOf(panel), 'loading');
      await panel.send(TEXTS);

      assert.equal(await stateOf(panel), 'ready');
      assert.equal(await panel.page.getByRole('progressbar').count(), 0);
    }));

  test('every section is there in its order with a heading, and no key is shown in place of a text', () =>
    withPage({}, async (panel) => {
      await panel.send(TEXTS, snapshot({ notices: [] }));

      const names = await panel.page
        .locator('section[data-section]')
        .evaluateAll((list) => list.map((each) => each.getAttribute('data-section')));
      assert.deepEqual(names, [
        'today',
        'buckets',
        'caches',
        'predictions',
        'models',
        'savings',
        'latencies',
        'decisions',
        'experiments',
        'platforms',
      ]);
      assert.equal(await panel.page.getByRole('heading', { level: 2 }).count(), 10);
      const text = await panel.page.locator('main').textContent();
      assert.doesNotMatch(
        text ?? '',
        /\{\d\}|undefined|NaN|Infinity|\b(?:adapted|bucket|by|cache|decision|drift|forecast|latency|prediction|priority|share|task|uncounted|unit)\.[a-z]/,
      );
    }));

  test('the empty state says what to do and both its buttons do it', () =>
    withPage({}, async (panel) => {
      await panel.send(TEXTS, { kind: 'snapshot', snapshot: emptySnapshot });

      assert.equal(await stateOf(panel), 'empty');
      await panel.page.getByRole('button', { name: 'Explain Selection' }).click();
      await panel.page.getByRole('button', { name: 'Connect a Platform…' }).click();
      assert.deepEqual((await panel.posted()).slice(1), [
        { kind: 'command', command: 'explain' },
        { kind: 'command', command: 'connect' },
      ]);
    }));

  test('an error says why, keeps the last known figures, and the next snapshot ends it', () =>
    withPage({}, async (panel) => {
      await panel.send(TEXTS, snapshot(), { kind: 'failed', message: 'The disk is full.' });

      assert.equal(await stateOf(panel), 'error');
      assert.match(
        (await panel.page.getByRole('alert').textContent()) ?? '',
        /The disk is full\..*known at 2:05/s,
      );
      assert.equal(await panel.page.locator('[data-section=buckets]').count(), 1);
      await panel.send(snapshot());
      assert.equal(await stateOf(panel), 'ready');
      assert.equal(await panel.page.getByRole('alert').count(), 0);
    }));

  for (const theme of Object.keys(THEMES) as ThemeName[]) {
    for (const width of [150, 300, 600, 900]) {
      test(`nothing is wider than a window of ${width} px (${theme})`, () =>
        withPage({ width, theme }, async (panel) => {
          await panel.send(TEXTS, snapshot());
          assert.ok((await panel.overflow()) <= 0);
          await panel.send({ kind: 'snapshot', snapshot: emptySnapshot });
          assert.ok((await panel.overflow()) <= 0);
        }));
    }
  }

  test('long and hostile names stay text and inside the window', () =>
    withPage({ width: 300 }, async (panel) => {
      const name = `<img src=x onerror=alert(1)>${'x'.repeat(200)}`;
      const [first] = decisions(1);
      assert.ok(first);
      await panel.send(
        TEXTS,
        snapshot({
          notices: [name],
          platforms: [{ id: name, label: name, simulated: true, models: 1 }],
          decisions: [{ ...first, id: name, model: name, why: name }],
          latencies: fullSnapshot.latencies.map((view) => ({ ...view, label: name })),
          buckets: fullSnapshot.buckets.map((bucket) => ({ ...bucket, model: name, unit: name })),
        }),
      );

      assert.equal(await panel.page.locator('img').count(), 0);
      assert.ok((await panel.overflow()) <= 0);
      await panel.page.locator('[data-command=decision]').click();
      assert.deepEqual((await panel.posted()).at(-1), { kind: 'command', command: 'decision', id: name });
    }));

  test('what is unknown is a dash that says why, never a 0', () =>
    withPage({}, async (panel) => {
      const { savedUsd: _, ...cache } = fullSnapshot.caches[0] ?? assert.fail();
      const today = { ...fullSnapshot.today, requests: 2, usd: 0, unknownCost: 2 };
      await panel.send(TEXTS, snapshot({ caches: [cache], today }));

      const unknown = (section: string) => panel.page.locator(`[data-section=${section}] .unknown`);
      assert.equal(await unknown('today').getAttribute('title'), 'The price or the usage is not known.');
      assert.equal(await unknown('caches').getAttribute('title'), 'The price or the usage is not known.');
      assert.deepEqual(
        new Set(await unknown('buckets').evaluateAll((all) => all.map((each) => each.getAttribute('title')))),
        new Set(['The platform has not said how fast it refills.']),
      );
      assert.equal(
        await unknown('predictions').getAttribute('title'),
        '12 answers so far; 30 are needed to judge.',
      );
      assert.equal(await unknown('decisions').count(), 2);
      for (const dash of await panel.page.locator('.unknown').all()) {
        assert.equal(await dash.locator('[aria-hidden]').textContent(), '–');
        assert.equal(await dash.locator('.hidden').textContent(), await dash.getAttribute('title'));
      }
    }));

  test('what is simulated says so at each bucket, model, decision and price', () =>
    withPage({}, async (panel) => {
      await panel.send(TEXTS, snapshot());

      const badges = (selector: string) => panel.page.locator(`${selector} .badge`).count();
      assert.equal(await badges('[data-section=today] .wide'), 1);
      assert.equal(await badges('.group:has([data-bucket="sim/balanced"])'), 1);
      assert.equal(await badges('[data-model^="simulated/"]'), 2);
      assert.equal(await badges('[data-id="d1000"]'), 1);
      assert.equal(await badges('[data-id="d999"]'), 0);
    }));

  test('each chart says its figures to a screen reader', () =>
    withPage({}, async (panel) => {
      await panel.send(TEXTS, snapshot());

      const meter = panel.page.getByRole('meter', { name: 'Anthropic, Input tokens' });
      assert.equal(await meter.getAttribute('aria-valuenow'), '15');
      assert.equal(await meter.getAttribute('aria-valuetext'), '15%, 31,000 of 200,000 free');
      assert.equal(
        await panel.page.getByRole('img', { name: '62% hit rate: 31 hits, 19 misses' }).count(),
        1,
      );
      assert.equal(
        await panel.page.getByRole('img', { name: /Claude Balanced, histogram .* P95 4\.8 s/ }).count(),
        1,
      );
      const table = panel.page.getByRole('table', { name: 'Answers of Claude Balanced by time' });
      assert.equal(await table.getByRole('row').count(), 7);
    }));

  test('a limit says for whom it is free, when it runs out, and what its count rests on', () =>
    withPage({}, async (panel) => {
      await panel.send(TEXTS, snapshot());

      const limit = (id: string) => panel.page.locator(`[data-bucket="${id}"]`);
      const window = limit('claude/5h');
      assert.equal(
        await window.locator('figcaption').textContent(),
        'runs out at about 3:40 PM (3:10 PM–4:30 PM), back at 5:00 PM',
      );
      assert.equal(await window.locator('svg.course').count(), 1);
      assert.equal(await limit('claude/units').locator('svg.course').count(), 0);
      const free = limit('anthropic/input').locator('path.free');
      assert.equal(await free.getAttribute('d'), 'M0 0h10v6h-10zM10.5 0h2.5v6h-2.5zM13.5 0h1.5v6h-1.5z');
      await limit('anthropic/input').locator('summary').click();
      const table = panel.page.getByRole('table', { name: 'Shares of Anthropic, Input tokens' });
      await table.waitFor();
      assert.deepEqual(await table.getByRole('row').nth(2).getByRole('cell').allTextContents(), [
        '60,000',
        '6,000',
        '18,000',
        '8,000',
        '0',
      ]);
      assert.deepEqual(await limit('anthropic/input').locator('li').allTextContents(), [
        'low lends 40% of its share: it is expected to stay unused',
        'medium refills at 50% of its usual rate: it used more than its share',
        'critical took 2,400 more than there was: the refill pays it back first',
        '2 requests hold reservations',
        'below 40,000 only critical and high requests pass',
        'their count is 120 above ours',
        '9,800 used by other programs',
        'read from the headers of its answers',
      ]);
    }));

  test('a limit says what it was adapted to, and a bucket of several platforms whose it is', () =>
    withPage({}, async (panel) => {
      const [first] = fullSnapshot.buckets;
      assert.ok(first);
      const several = {
        ...first,
        id: 'several',
        platform: 'shared:fallback',
        owner: 'fallback (OpenAI + Groq)',
      };
      await panel.send(TEXTS, snapshot({ buckets: [...fullSnapshot.buckets, several] }));

      const limit = (id: string) => panel.page.locator(`[data-bucket="${id}"]`);
      await limit('claude/units').locator('summary').click();
      await limit('claude/units').locator('li').first().waitFor();
      const lines = await limit('claude/units').locator('li').allTextContents();

      assert.deepEqual(lines.slice(0, 3), [
        '40% of the newest attempts failed: only 60% of what could be lent is lent, and its tokens count 1.7 times their price',
        'Answers take 2.1 times as long as usual: its tokens count 1.7 times their price',
        'Money goes 1.8 times as fast as its window lasts: only 55% of what could be lent is lent',
      ]);
      assert.equal(
        await panel.page.locator('.group:has([data-bucket="several"]) h3').textContent(),
        'fallback (OpenAI + Groq)',
      );
    }));

  test('details are opened by keyboard, stay open while everything is redrawn, and are remembered', () =>
    withPage({}, async (panel) => {
      await panel.send(TEXTS, snapshot());
      const details = panel.page.locator('details[data-kept="claude/5h"]');
      await details.locator('summary').focus();
      await panel.page.keyboard.press('Enter');
      await details.locator('table').waitFor();

      for (let step = 0; step < 5; step++) await panel.send(changed(step));

      assert.equal(await details.getAttribute('open'), '');
      assert.equal(
        await details.locator('summary').evaluate((each) => each === document.activeElement),
        true,
      );
      assert.equal(await panel.page.locator('details[open]').count(), 1);
      const kept = await panel.page.evaluate(() => window.kept);
      assert.deepEqual(kept, { expanded: false, open: ['claude/5h'], scrollY: 0 });
    }));

  test('a view that is built again has open what was open', () =>
    withPage({}, async (panel) => {
      await panel.page.evaluate(() => {
        window.kept = { expanded: false, open: ['claude/5h', 7, 'gone'], scrollY: 0 };
      });

      await panel.send(TEXTS, snapshot());

      const open = panel.page.locator('details[open]');
      assert.equal(await open.count(), 1);
      assert.equal(await open.locator('tbody tr').count(), 4);
    }));

  test('nothing of a limit’s details is cut at 300 px, with large amounts too', () =>
    withPage({ width: 300 }, async (panel) => {
      const large = fullSnapshot.buckets.map((bucket) => ({
        ...bucket,
        size: 12_345_678,
        shares: bucket.shares?.map((share) => ({ ...share, entitled: 12_345_678, used: 999_999 })) ?? [],
      }));
      const tables = large.filter(({ shares }) => shares.length > 0).length;
      await panel.send(TEXTS, snapshot({ buckets: large }));
      await panel.page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
      });
      await panel.page
        .locator('.shares')
        .nth(tables - 1)
        .waitFor();

      assert.ok((await panel.overflow()) <= 0);
      const lines = await panel.page
        .locator('.shares :is(th, td)')
        .evaluateAll((cells) => cells.map((cell) => cell.getClientRects()[0]?.height ?? 0));
      assert.ok(Math.max(...lines) < 30, 'a cell is broken into lines');
    }));

  test('models that changed behind their names are told in words, with when it was noticed', () =>
    withPage({}, async (panel) => {
      await panel.send(TEXTS, snapshot({}));

      const rows = panel.page.getByRole('list', { name: 'Models that changed behind their names' });
      const [slower, faster, worse] = await rows.getByRole('listitem').allTextContents();
      assert.match(
        slower ?? '',
        /^Claude Balanced 4\.5: slower: first words after 3\.1 s, before after 1\.2 s\. \(noticed .+\)$/,
      );
      assert.match(
        faster ?? '',
        /^Fast \(simulated\): faster: 100 tokens a second, before 50\. .* simulated$/i,
      );
      assert.match(
        worse ?? '',
        /: does worse than it used to; what was learned before counts less\. \(noticed /,
      );
      await panel.send(snapshot({ modelChanges: [] }));
      assert.equal(await rows.count(), 0);
    }));

  test('for each task the models stand with chance, evidence, cost and time; what is unknown is a dash', () =>
    withPage({}, async (panel) => {
      await panel.send(TEXTS, snapshot());
      const task = panel.page.locator('[data-section=models] details').first();
      await task.locator('summary').click();

      const rows = await task
        .locator('tbody tr')
        .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));

      assert.deepEqual(
        rows.map(([, ...cells]) => cells.slice(0, 2)),
        [
          ['93%', '0'],
          ['87%', '112'],
          ['96%', '7'],
        ],
      );
      assert.match(rows[0]?.[3] ?? '', /price or the usage is not known/);
      assert.deepEqual(rows[1]?.slice(3), ['$0.0042', '3.4 s']);
    }));

  test('savings say against what, with what they assume, and a loss is one', () =>
    withPage({}, async (panel) => {
      await panel.send(TEXTS, snapshot());
      const section = panel.page.locator('[data-section=savings]');

      const rows = await section
        .locator('[data-choice]')
        .evaluateAll((all) => all.map((row) => (row.textContent ?? '').replace(/\s+/g, ' ')));

      assert.match(
        rows[0] ?? '',
        /always Claude Powerful 4.5, the strongest.*\$27.38 saved.*412 answers: \$4.02 instead of \$31.40/,
      );
      assert.match(rows[1] ?? '', /the cheapest that would do.*\$0.38 more/);
      assert.match(rows[2] ?? '', /Simulated/);
      assert.equal(rows.length, 3);
      assert.match((await section.textContent()) ?? '', /Assumed: /);
    }));

  test('an experiment tells each variant, and how sure a difference is', () =>
    withPage({}, async (panel) => {
      await panel.send(TEXTS, snapshot());

      const verdicts = await panel.page
        .locator('[data-verdict]')
        .evaluateAll((all) => all.map((each) => (each.textContent ?? '').replaceAll('\u2060', '')));

      assert.deepEqual(verdicts, [
        'bar 0.6 is better. Difference −$0.0072, between −$0.01 and −$0.0043.',
        'bar 0.2 was stopped: fewer of its answers are accepted. Difference −51%, between −70% and −22%.',
        'without: nothing is sure yet. Nothing is known of its answers.',
        'shorter: nothing is sure yet. Difference −100 ms, from too few answers for bounds.',
      ]);
    }));

  test('a decision says what became of its answer, and the list what became of all', () =>
    withPage({}, async (panel) => {
      await panel.send(TEXTS, snapshot());

      const row = panel.page.locator('[data-id="d994"]');
      assert.equal(
        await row.locator('.outcome').textContent(),
        'accepted 2 of 3, changed 40% afterwards, 1 problem less',
      );
      assert.equal(await panel.page.locator('[data-id="d999"] .outcome').count(), 0);
      const text = await panel.page.locator('[data-section=decisions]').textContent();
      assert.match(text ?? '', /Of these 20 answers, what became of 12 is known: 9 accepted, 1 undone\./);
    }));

  test('predictions say how often P90 held, once enough is known to say so', () =>
    withPage({}, async (panel) => {
      await panel.send(TEXTS, snapshot());

      const of = (measure: string) => panel.page.locator(`[data-measure=${measure}]`);
      assert.match(
        (await of('inputTokens').textContent()) ?? '',
        /P90 held in 91% of 120 answers \(wanted 85%–95%\), off by 8% on average/,
      );
      assert.doesNotMatch((await of('durationMs').textContent()) ?? '', /%/);
      const { predictions: _, ...without } = fullSnapshot;
      await panel.send({ kind: 'snapshot', snapshot: without });
      assert.equal(
        await panel.page.locator('[data-section=predictions] .nothing').textContent(),
        'Nothing was predicted yet.',
      );
    }));

  test('focus, selection and elements survive an update', () =>
    withPage({ height: 3000 }, async (panel) => {
      await panel.send(TEXTS, snapshot());
      await panel.page.locator('[data-id="d998"]').focus();
      await panel.page.evaluate(() => {
        const why = document.querySelector('[data-id="d997"] .why')?.firstChild;
        if (why) document.getSelection()?.setBaseAndExtent(why, 4, why, 12);
        document.querySelector('[data-bucket]')?.setAttribute('data-seen', '');
      });

      await panel.send(snapshot({ decisions: [...decisions(1, -1), ...decisions(19)], running: 0 }));
      await panel.send(snapshot({ buckets: fullSnapshot.buckets.map((each) => ({ ...each, level: 1 })) }));

      const active = await panel.page.evaluate(() => document.activeElement?.getAttribute('data-id'));
      assert.equal(active, 'd998');
      assert.equal(await panel.page.evaluate(() => String(document.getSelection())), 'cheapest');
      assert.equal(await panel.page.locator('[data-bucket][data-seen]').count(), 1);
    }));

  test('the scroll position survives updates, also of what is above', () =>
    withPage({ height: 400 }, async (panel) => {
      await panel.send(TEXTS, snapshot());
      await panel.page.evaluate(() => window.scrollTo({ top: 700 }));

      for (let level = 0; level < 5; level++) {
        await panel.send(snapshot({ buckets: fullSnapshot.buckets.map((each) => ({ ...each, level })) }));
      }

      assert.equal(await panel.page.evaluate(() => window.scrollY), 700);
    }));

  test('while the pointer is over the decisions none moves, and newer ones wait', () =>
    withPage({ height: 3000 }, async (panel) => {
      await panel.send(TEXTS, snapshot());
      const row = panel.page.locator('[data-id="d999"]');
      const before = await row.boundingBox();
      await row.hover();

      await panel.send(snapshot({ decisions: [...decisions(2, -2), ...decisions(18)] }));

      assert.deepEqual(await row.boundingBox(), before);
      assert.match(
        (await panel.page.locator('[data-section=decisions] .heading').textContent()) ?? '',
        /2 newer/,
      );
      await panel.page.locator('[data-section=today]').hover();
      assert.equal(
        await panel.page.locator('.decisions > li').first().locator('[data-id="d1002"]').count(),
        1,
      );
    }));

  test('the list shows a few and all on request, by keyboard too', () =>
    withPage({}, async (panel) => {
      await panel.send(TEXTS, snapshot());
      assert.equal(await panel.page.locator('.decisions > li').count(), 8);

      const expand = panel.page.locator('[data-local=expand]');
      await expand.focus();
      await panel.page.keyboard.press('Enter');

      assert.equal(await panel.page.locator('.decisions > li').count(), 20);
      assert.equal(await expand.getAttribute('aria-expanded'), 'true');
      assert.equal(await expand.evaluate((button) => button === document.activeElement), true);
      await panel.page.locator('[data-id="d999"]').focus();
      await panel.page.keyboard.press('Enter');
      assert.deepEqual((await panel.posted()).at(-1), { kind: 'command', command: 'decision', id: 'd999' });
    }));

  test('a thousand updates leave the heap and the document as they were', () =>
    withPage({}, async (panel) => {
      const session = await panel.page.context().newCDPSession(panel.page);
      await session.send('Performance.enable');
      const measure = async (name: string) => {
        const { metrics } = await session.send('Performance.getMetrics');
        return metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
      };
      const update = (times: number) =>
        panel.page.evaluate(
          ([list, count]) => {
            for (let index = 0; index < count; index++) {
              const data = list[index % list.length];
              window.dispatchEvent(new MessageEvent<unknown>('message', { data }));
            }
          },
          [Array.from({ length: 12 }, (_, index) => changed(index)), times] as const,
        );
      await panel.send(TEXTS);
      await update(200);
      await session.send('HeapProfiler.collectGarbage');
      const heap = await measure('JSHeapUsedSize');
      const nodes = await measure('Nodes');

      await update(1000);

      await session.send('HeapProfiler.collectGarbage');
      assert.ok((await measure('JSHeapUsedSize')) - heap < 500_000);
      assert.ok((await measure('Nodes')) - nodes < 500);
    }));
});

/** The full snapshot with everything that moves moved. */
function changed(step: number): ToPanel {
  return snapshot({
    buckets: fullSnapshot.buckets.map((bucket) => ({ ...bucket, level: (bucket.level * (step + 1)) / 13 })),
    decisions: decisions(20, -step),
    caches: fullSnapshot.caches.map((cache) => ({ ...cache, hits: cache.hits + step })),
    latencies: fullSnapshot.latencies.map((view) => ({
      ...view,
      count: view.count + step,
      p50Ms: view.p50Ms + step,
    })),
    today: { ...fullSnapshot.today, requests: 54 + step },
    running: step % 2,
  });
}
