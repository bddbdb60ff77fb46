import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { failed, PASSED, unknown } from '../../src/base/check.ts';
import { type AnySluiceError, SluiceError } from '../../src/base/errors.ts';
import type { AnswerCheck } from '../../src/flow/answerChecks.ts';
import type { AnswerPlace } from '../../src/flow/answerPlace.ts';
import type { AnswerEvent, Receipt, RouteRequest } from '../../src/flow/request.ts';
import type { Settings } from '../../src/flow/settings.ts';
import type { Outcome } from '../../src/routing/outcomes.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { FakeTransport, type Reply } from '../support/fakeTransport.ts';
import { buildSpine, FAST, heldEdit, MIDDLE, STRONG } from '../support/spine.ts';

const never = new AbortController().signal;
const ignore = () => undefined;
const answer = (value: number): Reply => ({
  texts: ['Done.\n\n```typescript\n', `function a() {\n  return ${value};\n}\n`, '```\n'],
});
const valueIn = (text: string) => /return (\w+);/.exec(text)?.[1] ?? '';

/** A document in which answers leave so many errors, by what they return. */
class FakePlace implements AnswerPlace {
  readonly happened: string[] = [];
  standing = '';
  /** The person has typed, accepted or closed it. */
  inHand = false;
  readonly check: AnswerCheck;

  constructor(errors: Readonly<Record<string, number | undefined>>, onPut: () => void = ignore) {
    this.check = {
      kind: 'diagnostics',
      limitMs: 5_000,
      fits: ({ form }) => form === 'edit',
      run: ({ text }) => {
        assert.equal(this.standing, '', 'two answers stand in one place');
        this.standing = valueIn(text);
        this.happened.push(`put ${this.standing}`);
        onPut();
        const after = errors[this.standing];
        if (after === undefined) return unknown({ kind: 'timed-out', afterMs: 5_000 });
        return after > 0 ? failed({ kind: 'new-problems', before: 0, after }) : PASSED;
      },
    };
  }

  async takeBack(): Promise<boolean> {
    if (this.standing === '') return true;
    if (this.inHand) return false;
    this.happened.push(`took ${this.standing} back`);
    this.standing = '';
    return true;
  }
}

function spine(replies: readonly Reply[], settings: Partial<Settings> = {}) {
  const clock = new FakeClock();
  const transport = new FakeTransport(clock, replies);
  const built = buildSpine({ clock, transport, models: [FAST, MIDDLE, STRONG], settings });
  const said: Outcome[] = [];
  built.outcomes.onOutcome((outcome) => said.push(outcome));
  const events: AnswerEvent[] = [];
  const ask = (place: AnswerPlace | undefined, asked = heldEdit(), signal = never) =>
    clock.until(built.pipeline.runAt(place, asked, (event) => events.push(event), signal));
  return { ...built, clock, transport, said, events, ask };
}

const verdicts = ({ checks = [] }: Receipt) => checks.map(({ check, verdict }) => `${check} ${verdict}`);

suite('an answer that is tried in its place', () => {
  test('one that leaves new problems is taken back before the next model is asked', async () => {
    const trial = spine([answer(2), answer(3)]);
    const place = new FakePlace({ 2: 2, 3: 0 });

    const { text, receipt } = await trial.ask(place);

    assert.deepEqual(place.happened, ['put 2', 'took 2 back', 'put 3']);
    assert.deepEqual([valueIn(text), place.standing], ['3', '3']);
    const [attempt] = receipt.attempts ?? [];
    assert.ok(attempt && verdicts(attempt).at(-1) === 'diagnostics fail');
    assert.equal(verdicts(receipt).at(-1), 'diagnostics pass');
    const up = receipt.decision.reasons.find((reason) => reason.kind === 'went-up');
    assert.deepEqual(up?.kind === 'went-up' && up.failure.why, { kind: 'new-problems', before: 0, after: 2 });
    assert.deepEqual(
      trial.events.map(({ kind }) => kind).filter((kind) => kind !== 'held'),
      ['routed', 'went-up', 'routed', 'text'],
    );
  });

  test('the router learns from both, and the check is counted as any other', async () => {
    const trial = spine([answer(2), answer(3)]);

    const { receipt } = await trial.ask(new FakePlace({ 2: 2, 3: 0 }));
    trial.outcomes.happened(receipt, { kind: 'edit-settled', accepted: 1, rejected: 0, lost: 0 });

    assert.deepEqual(
      trial.said.map((one) => one.kind === 'checked' && [one.receiptId, one.check, one.passed]),
      [[receipt.attempts?.[0]?.id, 'diagnostics', false], [receipt.id, 'diagnostics', true], false],
    );
    const rate = trial.checking.rates.find(({ check }) => check === 'diagnostics');
    assert.deepEqual([rate?.runs, rate?.good, rate?.falseAlarms, rate?.bad], [2, 1, 0, 0]);
  });

  test('when all leave problems, the one with the fewest is the answer, and nothing stands that is another', async () => {
    const trial = spine([answer(2), answer(3), answer(4)]);
    const place = new FakePlace({ 2: 1, 3: 2, 4: 2 });

    const { text, receipt } = await trial.ask(place);

    assert.equal(valueIn(text), '2');
    assert.equal(place.standing, '');
    assert.equal(place.happened.at(-1), `took ${trial.transport.calls.length + 1} back`);
    const [best] = receipt.decision.reasons;
    assert.ok(best?.kind === 'best-of-failed' && best.of === trial.transport.calls.length && best.of > 1);
    assert.deepEqual(trial.events.at(-1), { kind: 'text', text });
  });

  test('of two with as many problems the later stays where it stands', async () => {
    const trial = spine([answer(2), answer(3)], { 'cascade.maxAttempts': 2 });
    const place = new FakePlace({ 2: 2, 3: 2 });

    const { text } = await trial.ask(place);

    assert.deepEqual([valueIn(text), place.standing], ['3', '3']);
  });

  test('once the person has it in hand nobody else is asked, and it is the answer', async () => {
    const trial = spine([answer(2), answer(3)]);
    const place: FakePlace = new FakePlace({ 2: 2, 3: 0 }, () => {
      place.inHand = true;
    });

    const { text, receipt } = await trial.ask(place);

    assert.deepEqual([trial.transport.calls.length, valueIn(text), place.standing], [1, '2', '2']);
    assert.equal(verdicts(receipt).at(-1), 'diagnostics fail');
    assert.ok(trial.events.every(({ kind }) => kind !== 'went-up'));
  });

  test('a later one that the person has in hand is the answer, although an earlier one was better', async () => {
    const trial = spine([answer(2), answer(3)]);
    const place: FakePlace = new FakePlace({ 2: 1, 3: 5 }, () => {
      place.inHand = place.standing === '3';
    });

    const { text } = await trial.ask(place);

    assert.deepEqual([valueIn(text), place.standing], ['3', '3']);
  });

  test('a server that says nothing lets the answer stand', async () => {
    const trial = spine([answer(2), answer(3)]);

    const { receipt } = await trial.ask(new FakePlace({}));

    assert.equal(trial.transport.calls.length, 1);
    assert.equal(verdicts(receipt).at(-1), 'diagnostics unknown');
  });

  test('what cannot be gone up from is not tried: it is shown, and checked afterwards', async () => {
    const asked: (readonly [Partial<Settings>, RouteRequest])[] = [
      [{}, heldEdit({ model: 'test/fast' })],
      [{}, heldEdit({ held: false })],
      [{ 'routing.rules': [{ model: 'test/fast' }] }, heldEdit()],
      [{ 'cascade.maxAttempts': 1 }, heldEdit()],
      [{ 'routing.allow': ['test/fast'] }, heldEdit()],
    ];
    for (const [settings, wanted] of asked) {
      const trial = spine([answer(2)], settings);
      const place = new FakePlace({ 2: 2 });

      const { receipt } = await trial.ask(place, wanted);

      assert.deepEqual(place.happened, [], JSON.stringify([settings, wanted]));
      assert.ok(!verdicts(receipt).some((one) => one.startsWith('diagnostics')));
    }
  });

  test('an answer that a cheaper check fails is never put in', async () => {
    const broken: Reply = { texts: ['```typescript\nfunction a() {\n  return 2;\n', '```\n'] };
    const trial = spine([broken, answer(3)]);
    const place = new FakePlace({ 3: 0 });

    await trial.ask(place);

    assert.deepEqual(place.happened, ['put 3']);
  });

  test('a stronger model that fails or has no room leaves the answer that there is', async () => {
    const refused = { failsWith: new SluiceError('billing', { platform: 'test' }) as AnySluiceError };
    const trial = spine([answer(2), refused]);
    const place = new FakePlace({ 2: 2 });

    const { text, receipt } = await trial.ask(place);

    assert.deepEqual([trial.transport.calls.length, valueIn(text), place.standing], [3, '2', '']);
    assert.equal(receipt.modelKey, 'test/fast');
  });

  test('time that runs out ends the later attempt, and the earlier answer is put in again', async () => {
    const trial = spine([answer(2), { ...answer(3), everyMs: 60_000 }], { 'request.timeoutSeconds': 30 });
    const place = new FakePlace({ 2: 2 });

    const { text, receipt } = await trial.ask(place);

    assert.deepEqual([valueIn(text), place.standing], ['2', '']);
    assert.ok(receipt.totalMs <= 30_000);
    assert.ok(trial.quota.states().every(({ reserved }) => reserved === 0));
  });

  test('who cancels while it is judged, or while the next is asked, hears no more; what was spent is counted', async () => {
    for (const when of ['put 2', 'took 2 back']) {
      const abort = new AbortController();
      const trial = spine([answer(2), { ...answer(3), everyMs: 10 }]);
      const place = new FakePlace({ 2: 2 });
      const cancelled = (event: AnswerEvent) => {
        if (place.happened.at(-1) === when && event.kind === 'routed') abort.abort(gone);
      };
      const gone = new DOMException('cancelled', 'AbortError');
      if (when === 'put 2') place.check.run = hang;

      const running = trial.pipeline.runAt(place, heldEdit(), cancelled, abort.signal);
      if (when === 'put 2') trial.clock.after(1_000, () => abort.abort(gone));
      await trial.clock.until(assert.rejects(running, { name: 'AbortError' }));

      assert.ok(trial.metrics.totals(trial.clock.now()).usd > 0);
      assert.ok(trial.quota.states().every(({ reserved }) => reserved === 0));
      assert.equal(trial.pipeline.recent.length, 0);
    }
  });

  test('an equal request of another place is sent by itself, and what left problems is not cached', async () => {
    const trial = spine([answer(2)], { 'cascade.maxAttempts': 2 });
    const [one, other] = [new FakePlace({ 2: 2 }), new FakePlace({ 2: 0 })];

    await Promise.all([trial.ask(one), trial.ask(other)]);

    assert.ok(other.happened.includes('put 2') && one.happened.includes('put 2'));
  });

  test('an answer from a cache says nothing of problems: they were of another place', async () => {
    const trial = spine([answer(2)]);
    await trial.ask(new FakePlace({ 2: 0 }));

    const { receipt } = await trial.ask(new FakePlace({}));

    assert.equal(receipt.cache, 'memory');
    assert.deepEqual(verdicts(receipt), ['complete pass', 'applies pass', 'parses pass']);
  });
});

/** A check that never ends. */
const hang = () => new Promise<never>(ignore);
