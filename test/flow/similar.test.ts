/** The semantic level in the way of a request. */
import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import type { RouteRequest } from '../../src/flow/request.ts';
import { LazySimilar, type Similar } from '../../src/flow/similar.ts';
import {
  type KeptQuestion,
  type KeptVerdict,
  type QuestionStore,
  SimilarAnswers,
} from '../../src/flow/similarAnswers.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { FakeTransport } from '../support/fakeTransport.ts';
import { buildSpine, request } from '../support/spine.ts';

class MemoryQuestions implements QuestionStore {
  readonly kept = new Map<string, KeptQuestion>();
  readonly told: KeptVerdict[] = [];
  questions = () => [...this.kept.values()];
  verdicts = () => this.told;
  keep(question: KeptQuestion): void {
    this.kept.delete(question.key);
    this.kept.set(question.key, question);
  }
  forget(key: string): void {
    this.kept.delete(key);
  }
  judged(verdict: KeptVerdict): void {
    this.told.push(verdict);
  }
  clear(): void {
    this.kept.clear();
  }
  dispose(): void {
    // Nothing is open.
  }
}

/** A pipeline with the level loaded, and what both have counted. */
function open(maxWrongPercent = 1, store = new MemoryQuestions()) {
  const clock = new FakeClock();
  const transport = new FakeTransport(clock);
  let level: SimilarAnswers | undefined;
  const similar: Similar = {
    find: (asked, signal) => level?.find(asked, signal),
    kept: (asked, key, atMs) => level?.kept(asked, key, atMs),
  };
  const settings = { 'cache.semantic.maxWrongPercent': maxWrongPercent };
  const spine = buildSpine({ clock, transport, similar, settings });
  const parts = {
    clock,
    settings: () => spine.state.settings,
    scopeOf: (asked: RouteRequest) => spine.cache.questionScope(asked),
    answerOf: (key: string) => spine.cache.peek(key),
    host: globalThis,
    store,
  };
  level = new SimilarAnswers(parts);
  const ask = (overrides: Partial<RouteRequest>) =>
    spine.pipeline.run(
      request({ task: 'question', ...overrides }),
      () => undefined,
      new AbortController().signal,
    );
  return { ...spine, clock, level, transport, store, ask, parts };
}

/** Aborted by nobody. */
const never = new AbortController().signal;

suite('answers to similar questions', () => {
  test('other words about the same code get the answer, labelled with its question, its age and what it saved', async () => {
    const { ask, clock, transport, level } = open();
    await ask({ instruction: 'explain this function' });
    clock.advance(60_000);

    const { text, receipt } = await ask({ instruction: 'What does this function do?' });

    assert.equal(text, 'an answer');
    assert.equal(receipt.cache, 'similar');
    assert.equal(receipt.answeredFor?.question, 'explain this function');
    assert.ok(receipt.answeredFor.chance > 0.9);
    assert.deepEqual([receipt.cacheAgeMs, receipt.costUsd, transport.calls.length], [60_000, 0, 1]);
    const { asked, hits, savedUsd } = level.facts();
    assert.deepEqual([asked, hits, savedUsd === receipt.savedUsd], [2, 1, true]);
  });

  test('other code, another file, another task, a talk, an edit: never the answer to a similar question', async () => {
    const { ask, transport } = open(50);
    const asked = 'explain this function';
    const again = 'What does this function do?';
    await ask({ instruction: asked });
    await ask({ instruction: asked, form: 'edit', task: 'edit' });

    const others: Partial<RouteRequest>[] = [
      { code: { language: 'typescript', text: 'const answer = 43;', problems: [], cutChars: 0 } },
      {
        code: {
          language: 'typescript',
          text: 'const answer = 42;',
          problems: [],
          cutChars: 0,
          fileName: 'a.ts',
        },
      },
      { task: 'review' },
      { history: [{ asked: 'hello', answer: 'hello' }] },
      { form: 'edit', task: 'edit' },
      { strongerThan: 'test/fast' },
      { freshness: 'fresh' },
    ];
    const levels: string[] = [];
    for (const other of others) levels.push((await ask({ instruction: again, ...other })).receipt.cache);

    assert.deepEqual(
      levels,
      others.map(() => 'none'),
    );
    assert.equal(transport.calls.length, 2 + others.length);
  });

  test('a question about nothing in particular serves another one only where the evidence allows it', async () => {
    const about: string[] = [];
    for (const percent of [0, 1, 30]) {
      const { level, pipeline } = open(percent);
      const { code: _code, ...bare } = request({
        task: 'question',
        instruction: 'How do I lose weight fast?',
      });
      const run = (instruction: string) =>
        pipeline.run({ ...bare, instruction }, () => undefined, new AbortController().signal);
      await run(bare.instruction);
      const equal = await run('how do i lose weight fast');
      const near = await run('How can I lose weight fast?');
      about.push(`${equal.receipt.cache} ${near.receipt.cache} ${level.facts().asked}`);
    }

    assert.deepEqual(about, ['none none 0', 'similar none 3', 'similar similar 3']);
  });

  test('asking anyway asks, is remembered over a restart, and stops what is often wrong', async () => {
    const { ask, level, transport, store, parts } = open();
    await ask({ instruction: 'explain this function' });
    const similar = 'What does this function do?';

    const first = await ask({ instruction: similar });
    const asked = level.requestOf(first.receipt.id);
    level.happened(first.receipt.id, 'asked-fresh');
    level.happened(first.receipt.id, 'asked-fresh');
    const own = await ask({ ...asked, freshness: 'fresh' });
    const now = await ask({ instruction: similar });

    assert.equal(asked?.instruction, similar);
    assert.deepEqual([own.receipt.cache, now.receipt.cache, transport.calls.length], ['none', 'memory', 2]);
    assert.deepEqual(
      store.told.map(({ verdict }) => verdict),
      ['wrong'],
    );
    assert.equal(level.facts().askedAnyway, 1);
    for (let more = 0; more < 20; more++) store.judged({ ...(store.told[0] as KeptVerdict), atMs: more });
    const restarted = new SimilarAnswers(parts);
    restarted.build(100);
    assert.equal(
      await restarted.find(request({ task: 'question', instruction: 'what does it do' }), never),
      undefined,
    );
  });

  test('after a restart the questions are there; one whose answer has gone is forgotten', async () => {
    const { ask, cache, parts, store } = open();
    await ask({ instruction: 'explain this function' });
    const asked = request({ task: 'question', instruction: 'What does this function do?' });

    const restarted = new SimilarAnswers(parts);
    const found = await restarted.find(asked, never);
    await cache.drop({ kind: 'all' });
    const gone = await restarted.find(asked, never);

    assert.deepEqual([found?.question, gone], ['explain this function', undefined]);
    assert.deepEqual([store.kept.size, restarted.facts().entries], [0, 0]);
  });

  test('the answer to a similar question is not kept as the answer to this one', async () => {
    const { ask, cache, level } = open();
    await ask({ instruction: 'explain this function' });
    await ask({ instruction: 'What does this function do?' });

    const { entries } = cache.facts();

    assert.deepEqual([entries, level.facts().entries], [1, 1]);
  });

  test('it is loaded after the first request, and what was kept until then is not lost', async () => {
    const clock = new FakeClock();
    const { parts } = open();
    let opened = 0;
    const lazy = new LazySimilar({
      clock,
      onFailure: (error) => assert.fail(String(error)),
      open: async () => {
        opened += 1;
        return new SimilarAnswers(parts);
      },
    });

    const before = lazy.find(request(), never);
    lazy.kept(request({ task: 'question', instruction: 'explain this' }), 'key', 0);
    const openedAtOnce = opened;
    clock.advance(10_000);
    await lazy.get();

    assert.deepEqual([before, openedAtOnce, opened, lazy.current?.facts().entries], [undefined, 0, 1, 1]);
    lazy.dispose();
  });
});
