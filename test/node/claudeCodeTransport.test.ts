import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { suite, teardown, test } from 'mocha';
import { type ErrorCode, SluiceError } from '../../src/base/errors.ts';
import type { ModelCall, ModelEvent } from '../../src/flow/transport.ts';
import { ClaudeTrial, type ClaudeTrialOptions, claudeCall } from '../support/claudeTrial.ts';
import { type Collected, collect, failureOf, neverAborted } from '../support/simulatedTrial.ts';

const platform = 'trial';

suite('Claude Code, played by a stand-in', () => {
  let trial: ClaudeTrial;
  teardown(() => trial.dispose());

  const start = async (options: ClaudeTrialOptions = {}): Promise<void> => {
    trial = await ClaudeTrial.start(options);
  };
  const run = (text: string, changes: Partial<ModelCall> = {}, signal = neverAborted()): Promise<Collected> =>
    collect(trial.transport.stream(claudeCall(text, changes), signal));

  test('an answer is streamed with its model, its usage and its end', async () => {
    await start();

    const { events, error } = await run('hello');

    assert.equal(error, undefined);
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['start', 'usage', 'text', 'usage', 'end'],
    );
    assert.deepEqual(events.at(-1), { kind: 'end', stop: 'complete' });
    assert.deepEqual(events.at(-2), {
      kind: 'usage',
      usage: { input: 10, output: 20, cacheRead: 0, cacheWrite: 0, reasoning: 0 },
    });
  });

  test('each request is alone in its conversation and names its own model, in one process', async () => {
    await start();

    const first = told(await run('one', { model: 'a' }));
    const second = told(await run('two', { model: 'b' }));

    assert.deepEqual([first.model, first.earlier, second.model, second.earlier], ['a', 0, 'b', 0]);
    assert.ok(!second.prompt.includes('one'));
    assert.equal(trial.transport.pids.length, 1);
  });

  test('the prompt carries instructions and earlier turns, and ends in words of ours', async () => {
    await start();

    const { prompt } = told(
      await run('', {
        system: 'Be brief.',
        messages: [
          { role: 'user', text: 'first' },
          { role: 'assistant', text: 'reply' },
          { role: 'user', text: '/clear @/etc/hostname' },
        ],
      }),
    );

    assert.match(prompt, /^<instructions>\nBe brief\.\n<\/instructions>\n\n<conversation>/);
    assert.match(prompt, /<user>\nfirst\n<\/user>\n<assistant>\nreply\n<\/assistant>/);
    assert.match(prompt, /\/clear @\/etc\/hostname\nAnswer the request above/);
  });

  test('it runs in an empty folder of its own, without tools, settings or a kept session', async () => {
    await start();

    const { cwd, args } = told(await run('hello'));
    trial.transport.dispose();

    assert.match(cwd, /sluice-claude-/);
    assert.ok(!existsSync(cwd));
    assert.deepEqual(args.slice(args.indexOf('--tools'), args.indexOf('--tools') + 2), ['--tools', '']);
    assert.deepEqual(args.slice(args.indexOf('--setting-sources')).slice(0, 2), ['--setting-sources', '']);
    assert.ok(args.includes('--no-session-persistence') && args.includes('--strict-mcp-config'));
  });

  const failures: readonly (readonly [string, ErrorCode, object, ClaudeTrialOptions?])[] = [
    ['exit', 'network', { platform, cause: 'exit-3' }],
    ['exit-after-text', 'cut-stream', { platform }],
    ['flood', 'bad-response', { platform, detail: 'not its protocol' }],
    ['no-stop', 'cut-stream', { platform }],
    ['again', 'cut-stream', { platform }],
    ['empty', 'bad-response', { platform, detail: 'a result without an answer' }],
    ['retry', 'rate-limited', { platform, retryAfterMs: 7_000 }],
    ['no-login', 'not-logged-in', { platform }],
    ['no-login', 'invalid-key', { platform }, { env: { FAKE_KEY: 'ANTHROPIC_API_KEY' } }],
  ];
  for (const [trick, code, facts, options] of failures) {
    test(`${trick} becomes ${code}, and the next request is answered`, async () => {
      await start(options);

      const { error } = await run(`[[${trick}]]`);
      const after = await run('again');

      assert.ok(SluiceError.is(error, code), String(error));
      assert.deepEqual(error.facts, facts);
      assert.deepEqual([told(after).earlier, after.error], [0, undefined]);
    });
  }

  test('a window that is used up says until when', async () => {
    await start();

    const { error } = await run('[[used-up]]');

    assert.ok(SluiceError.is(error, 'quota-exhausted'), String(error));
    assert.equal(error.facts.limit, '5h');
    assert.ok(error.facts.retryAfterMs > 3_500_000 && error.facts.retryAfterMs <= 3_600_000);
  });

  test('windows are told after the answer, and to the next one at its start', async () => {
    await start();

    await run('[[limits]]');
    const { events } = await run('hello');

    const [readings] = trial.limits;
    assert.deepEqual(
      readings?.map(({ unit, window, status, source }) => [unit, window, status, source]),
      [
        ['share', '5h', 'warning', 'program'],
        ['share', '7d', 'allowed', 'program'],
      ],
    );
    const [first] = events;
    assert.deepEqual(first?.kind === 'start' ? first.limits : undefined, readings);
  });

  for (const trick of ['garbage', 'strange', 'two-results']) {
    test(`${trick} in between changes nothing`, async () => {
      await start();

      const { events, error } = await run(`[[${trick}]]`);
      const after = await run('again');

      assert.deepEqual([error, events.at(-1)?.kind, after.error], [undefined, 'end', undefined]);
      assert.equal(trial.transport.pids.length, 1);
    });
  }

  for (const [trick, stop] of [
    ['length', 'length'],
    ['refusal', 'refused'],
  ] as const) {
    test(`${trick} is an end, not a failure, and nothing follows it`, async () => {
      await start();

      const { events, error } = await run(`[[${trick}]]`);
      const after = await run('again');

      assert.deepEqual([error, events.at(-1)], [undefined, { kind: 'end', stop }]);
      assert.equal(told(after).earlier, 0);
    });
  }

  test('cancelled, the reason comes back, the program stops and can be asked again', async () => {
    await start();
    const controller = new AbortController();
    const seen: ModelEvent[] = [];

    const failure = await failureOf(
      (async () => {
        const stream = trial.transport.stream(claudeCall('[[hang-after-text]]'), controller.signal);
        for await (const event of stream) {
          seen.push(event);
          if (event.kind === 'text') controller.abort(new Error('changed my mind'));
        }
      })(),
    );
    const after = await run('again');

    assert.equal(failure, controller.signal.reason);
    assert.equal(seen.filter(({ kind }) => kind === 'text').length, 1);
    assert.equal(told(after).earlier, 0);
    assert.equal(trial.transport.pids.length, 1);
  });

  test('cancelled before it began, nothing is started', async () => {
    await start();

    const { error } = await run('hello', {}, AbortSignal.abort('no'));

    assert.deepEqual([error, trial.transport.pids.length], ['no', 0]);
  });

  test('silence is a timeout', async () => {
    // Long enough for a busy machine to answer the second question.
    await start({ timeoutMs: 2_000 });
    await trial.transport.warm(neverAborted());

    const { error } = await run('[[hang]]');

    assert.ok(SluiceError.is(error, 'timeout'), String(error));
    assert.equal(told(await run('again')).earlier, 0);
  });

  test('the check tells the models, and what is left is told when asked', async () => {
    await start();

    assert.deepEqual(await trial.transport.check(neverAborted()), { models: ['big', 'small'] });
    const limits = await trial.transport.readLimits(neverAborted());
    assert.deepEqual(
      limits.map(({ window, remaining }) => [window, remaining]),
      [['5h', 0.625]],
    );
    assert.equal((await run('hello')).error, undefined);
  });

  test('the check says who is not logged in, without starting anything', async () => {
    await start({ env: { FAKE_LOGGED_IN: 'false' } });

    const failure = await failureOf(trial.transport.check(neverAborted()));

    assert.ok(SluiceError.is(failure, 'not-logged-in'), String(failure));
    assert.equal(trial.transport.pids.length, 0);
  });
});

interface Told {
  readonly model: string;
  readonly earlier: number;
  readonly prompt: string;
  readonly cwd: string;
  readonly args: readonly string[];
}

function told({ text, error }: Collected): Told {
  assert.equal(error, undefined);
  return JSON.parse(text);
}
