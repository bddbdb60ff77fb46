import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { type CheckKind, type CheckResult, type CheckVerdict, PASSED } from '../../src/base/check.ts';
import { silentLog } from '../../src/base/log.ts';
import { type AnswerCheck, type CheckedAnswer, runChecks } from '../../src/flow/answerChecks.ts';
import { appliesCheck, completeCheck } from '../../src/flow/checkForm.ts';
import { readVerdict } from '../../src/flow/checkJudge.ts';
import { CheckRates } from '../../src/flow/checkRates.ts';
import { type Parsed, parsesCheck } from '../../src/flow/checkSyntax.ts';
import type { RouteRequest } from '../../src/flow/request.ts';
import type { Outcome, OutcomeFacts } from '../../src/routing/outcomes.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { FakeTransport } from '../support/fakeTransport.ts';
import { BracketParser, buildSpine, request } from '../support/spine.ts';

const never = new AbortController().signal;
const OLD = 'class A {\n  b() {}\n}';

function answer(
  text: string,
  overrides: Partial<RouteRequest> = {},
  stop = 'complete' as const,
): CheckedAnswer {
  const code = { language: 'typescript', text: OLD, problems: [], cutChars: 0 };
  return {
    request: request({ task: 'edit', form: 'edit', code, ...overrides }),
    text,
    stop,
    modelKey: 'test/fast',
  };
}

const fenced = (code: string, language = 'typescript') => `Here.\n\n\`\`\`${language}\n${code}\n\`\`\`\n`;
const code = { language: 'typescript', text: OLD, problems: [], cutChars: 0 };
const deps = () => ({ clock: new FakeClock(), log: silentLog });

async function say(check: AnswerCheck, of: CheckedAnswer) {
  const [result] = await runChecks([check], of, deps(), never);
  return result && [result.verdict, result.why?.kind];
}

class Counted implements AnswerCheck {
  runs = 0;
  readonly kind: CheckKind;
  readonly limitMs = 100;
  readonly #verdict: () => CheckVerdict | Promise<CheckVerdict>;

  constructor(kind: CheckKind, verdict: () => CheckVerdict | Promise<CheckVerdict>) {
    this.kind = kind;
    this.#verdict = verdict;
  }

  fits(): boolean {
    return true;
  }

  run() {
    this.runs += 1;
    return this.#verdict();
  }
}

suite('checks of an answer', () => {
  test('they run from cheap to dear, and a failure spares the dear ones', async () => {
    const judge = new Counted('judge', () => PASSED);
    const parses = new Counted('parses', () => ({ verdict: 'fail', why: { kind: 'unclear' } }));
    const complete = new Counted('complete', () => PASSED);

    const results = await runChecks([judge, parses, complete], answer(''), deps(), never);

    assert.deepEqual(
      results.map(({ check, verdict }) => [check, verdict]),
      [
        ['complete', 'pass'],
        ['parses', 'fail'],
      ],
    );
    assert.equal(judge.runs, 0);
  });

  test('one that hangs, throws or rejects says nothing, and the next ones have their turn', async () => {
    const { clock, log } = deps();
    const hangs = new Counted('complete', () => new Promise<CheckVerdict>(() => undefined));
    const throws = new Counted('applies', () => {
      throw new TypeError('a bug');
    });
    const rejects = new Counted('parses', () => Promise.reject(new Error('no file')));
    const passes = new Counted('judge', () => PASSED);

    const results = await clock.until(
      runChecks([hangs, throws, rejects, passes], answer(''), { clock, log }, never),
    );

    assert.deepEqual(
      results.map(({ verdict, why, ms }) => [verdict, why?.kind, ms]),
      [
        ['unknown', 'timed-out', 100],
        ['unknown', 'broke', 0],
        ['unknown', 'broke', 0],
        ['pass', undefined, 0],
      ],
    );
    assert.equal(clock.pending, 0);
  });

  test('who cancels is obeyed even by a check that hangs', async () => {
    const { clock, log } = deps();
    const abort = new AbortController();
    const hangs = new Counted('complete', () => new Promise<CheckVerdict>(() => undefined));

    const running = runChecks([hangs], answer(''), { clock, log }, abort.signal);
    abort.abort(new DOMException('cancelled', 'AbortError'));

    await assert.rejects(running, { name: 'AbortError' });
    assert.equal(hangs.runs, 1);
    assert.equal(clock.pending, 0);
  });

  test('an answer is complete when it ended by itself, closed its fences and has the form that was asked for', async () => {
    const whole = answer(fenced(OLD));
    const asked = (task: RouteRequest['task'], text: string) => ({
      ...answer(text),
      request: request({ task, code: { ...code, symbol: 'b' } }),
    });
    const cases: [CheckedAnswer, string, string | undefined][] = [
      [whole, 'pass', undefined],
      ...(['cut', 'length', 'refused'] as const).map(
        (stop) => [{ ...whole, stop }, 'fail', stop] as [CheckedAnswer, string, string],
      ),
      [{ ...whole, stop: 'other' }, 'fail', 'stopped'],
      [answer(' \n'), 'fail', 'empty'],
      [answer('```typescript\nclass A {'), 'fail', 'open-fence'],
      [answer("I'm sorry, but I can't help with that."), 'fail', 'refused'],
      [asked('explain', 'It adds. I’m sorry to say that it is slow.'), 'pass', undefined],
      [asked('tests', 'Write some.'), 'fail', 'no-code'],
      [asked('tests', fenced('test()')), 'pass', undefined],
      [asked('name', 'None.'), 'fail', 'no-names'],
      [asked('name', '- `better`: says more'), 'pass', undefined],
      [asked('commit-message', '```\n\n```'), 'fail', 'no-message'],
      [asked('commit-message', '```\nfix: it\n```'), 'pass', undefined],
    ];
    for (const [of, verdict, why] of cases)
      assert.deepEqual(await say(completeCheck, of), [verdict, why], of.text);
  });

  test('an edit applies when it is one whole version of this code, with a change in it', async () => {
    const elided = `class A {\n  // ... existing code ...\n  c() {}\n  // ... rest of the code ...\n  d() {}`;
    const cases: [string, string, string | undefined][] = [
      [fenced('class A {\n  c() {}\n}'), 'pass', undefined],
      [fenced(OLD), 'fail', 'unchanged'],
      ['Only words.', 'fail', 'no-code'],
      [fenced(elided), 'fail', 'elision'],
    ];
    for (const [text, verdict, why] of cases)
      assert.deepEqual(await say(appliesCheck, answer(text)), [verdict, why], text);
    const explained = { ...answer('words'), request: request() };
    assert.equal(await say(appliesCheck, explained), undefined);
  });

  test('more errors than before are a failure; as many say nothing; none is a pass', async () => {
    const check = parsesCheck(async () => new BracketParser());
    const open = { ...code, text: 'class A {\n  b() {' };
    const cases: [CheckedAnswer, string, string | undefined][] = [
      [answer(fenced('class A {\n  c() {}\n}')), 'pass', undefined],
      [answer(fenced('class A {\n  c() {\n}')), 'fail', 'syntax'],
      [answer(fenced('class A {\n  c() {\n'), { code: open }), 'unknown', 'failed-before'],
      [answer(fenced('class A {\n  c() {}\n}'), { code: open }), 'pass', undefined],
      [
        answer(fenced('class A {\n  c() {}\n}'), { code: { ...code, language: 'cobol' } }),
        'unknown',
        'no-grammar',
      ],
      [answer('No code.'), 'unknown', 'no-code'],
    ];
    for (const [of, verdict, why] of cases) assert.deepEqual(await say(check, of), [verdict, why], of.text);
  });

  test('where the rest of the file is known, the file is what must parse', async () => {
    const parser = new BracketParser();
    const check = parsesCheck(async () => parser);
    const method = { ...code, text: '  b() {}\n' };
    const rest = { above: 'class A {\n', below: '\n}\n' };

    const passed = await say(check, answer(fenced('  c() {}'), { code: method, rest }));
    const failed = await say(check, answer(fenced('  c() {'), { code: method, rest }));

    assert.deepEqual([passed?.[0], failed?.[0]], ['pass', 'fail']);
    assert.match(parser.parsed[0] ?? '', /^class A \{\n {2}c\(\) \{\}[\s\S]*\n\}\n$/);
  });

  test('a grammar that gives up, or a file too long, is not a pass', async () => {
    const gaveUp = parsesCheck(async () => ({ parse: async (): Promise<Parsed> => ({ kind: 'gave-up' }) }));
    const long = fenced(`// ${'x'.repeat(1_000_001)}\nclass A {\n  c() {}\n}`);

    assert.deepEqual(await say(gaveUp, answer(fenced('class A {\n  c() {}\n}'))), ['unknown', 'timed-out']);
    assert.deepEqual(await say(gaveUp, answer(long)), ['unknown', 'too-long']);
  });

  test('a judge says PASS or FAIL with a reason; anything else is no verdict', () => {
    assert.deepEqual(readVerdict('PASS'), PASSED);
    assert.deepEqual(readVerdict('**FAIL**: it drops the tax.\nMore.'), {
      verdict: 'fail',
      why: { kind: 'judged', text: 'it drops the tax.' },
    });
    assert.equal(readVerdict('It may pass.').verdict, 'unknown');
    assert.equal(readVerdict('Verdict: FAIL').verdict, 'fail');
    assert.equal(readVerdict('The loop is gone.\n**PASS**').verdict, 'pass');
    for (const undecided of [
      '',
      'I cannot say PASS or FAIL.',
      'PASS or FAIL? Hard to say.',
      'PASS/FAIL',
      'PASSED',
    ])
      assert.equal(readVerdict(undecided).verdict, 'unknown', undecided);
    assert.notEqual(readVerdict('This does not PASS. FAIL: it drops the tax.').verdict, 'pass');
  });

  test('the judge is another model, is paid for, and stays within what a request may cost', async () => {
    const clock = new FakeClock();
    const transport = new FakeTransport(clock, [
      { texts: ['An answer.'] },
      { texts: ['FAIL: wrong'] },
      { texts: ['Better.'] },
      { texts: ['PASS'] },
    ]);
    const spine = buildSpine({ clock, transport, settings: { 'checks.judge': true } });

    const { receipt, text } = await clock.until(
      spine.pipeline.run(request({ held: true }), () => undefined, never),
    );

    assert.deepEqual(
      transport.calls.map(({ model }) => model),
      ['fast', 'strong', 'strong', 'fast'],
    );
    assert.equal(text, 'Better.');
    assert.equal(receipt.costUsd?.toFixed(5), (2 * 0.00035 + 2 * 0.0035).toFixed(5));
    assert.equal(spine.metrics.totals(clock.now()).usd.toFixed(5), receipt.costUsd?.toFixed(5));

    const poor = buildSpine({
      ...{ clock, transport: new FakeTransport(clock, [{ texts: ['An answer.'] }]) },
      settings: { 'checks.judge': true, 'request.confirmAboveUsd': 0.000001 },
      approve: async () => true,
    });
    const kept = await clock.until(poor.pipeline.run(request({ held: true }), () => undefined, never));
    assert.deepEqual(kept.receipt.checks?.at(-1)?.why, { kind: 'over-budget' });
  });
});

const result = (check: CheckKind, verdict: CheckResult['verdict']): CheckResult => ({
  check,
  verdict,
  ms: 10,
});
const of = (receiptId: string, facts: OutcomeFacts): Outcome => ({ receiptId, atMs: 0, ...facts });

suite('what checks are worth', () => {
  test('rates are counted from what the person did, and the last word counts', () => {
    const rates = new CheckRates();
    const seen: ['pass' | 'fail', OutcomeFacts][] = [
      ['pass', { kind: 'used' }],
      ['fail', { kind: 'used' }],
      ['fail', { kind: 'undone', afterMs: 1 }],
      ['pass', { kind: 'asked-stronger' }],
      ['fail', { kind: 'edit-settled', accepted: 0, rejected: 2, lost: 0 }],
    ];
    for (const [index, [verdict, facts]] of seen.entries()) {
      rates.checked(`r${index}`, [result('parses', verdict)]);
      rates.happened(of(`r${index}`, facts));
    }
    const before = rates.list();
    rates.happened(of('r0', { kind: 'undone', afterMs: 5 }));

    const facts = { check: 'parses', runs: 5, meanMs: 10, usd: 0 };
    assert.deepEqual(before, [{ ...facts, good: 2, bad: 3, caught: 2 / 3, falseAlarms: 1 / 2 }]);
    assert.deepEqual(rates.list(), [{ ...facts, good: 1, bad: 4, caught: 2 / 4, falseAlarms: 1 }]);
  });

  test('nothing is told where nothing is known, and tests judge the checks but not themselves', () => {
    const rates = new CheckRates();
    rates.checked('a', [result('parses', 'pass'), result('tests', 'fail')]);
    const unknown = rates.list().map(({ caught, falseAlarms }) => [caught, falseAlarms]);
    rates.happened(of('a', { kind: 'tested', passed: false }));

    const told = rates.list().map(({ check, bad, caught }) => [check, bad, caught]);

    assert.deepEqual(unknown, [
      [undefined, undefined],
      [undefined, undefined],
    ]);
    assert.deepEqual(told, [
      ['parses', 1, 0],
      ['tests', 0, undefined],
    ]);
  });

  test('what is believed begins with a guess and comes to what is counted', () => {
    const rates = new CheckRates();
    const guess = rates.believed('parses').caught;
    for (let index = 0; index < 300; index += 1) {
      rates.checked(`r${index}`, [result('parses', index % 10 === 0 ? 'pass' : 'fail')]);
      rates.happened(of(`r${index}`, { kind: 'undone', afterMs: 1 }));
    }

    assert.ok(guess > 0 && guess < 0.5);
    assert.ok(Math.abs(rates.believed('parses').caught - 0.88) < 0.02);
  });

  test('counts survive a restart; a store that makes no sense is as good as none', () => {
    const rates = new CheckRates();
    rates.checked('a', [result('parses', 'fail')]);
    rates.happened(of('a', { kind: 'copied' }));

    const again = new CheckRates(JSON.parse(JSON.stringify(rates)));

    assert.deepEqual(again.list(), rates.list());
    for (const bad of [
      undefined,
      null,
      7,
      'x',
      [],
      { parses: 1 },
      { parses: { good: {}, bad: {}, runs: -1 } },
    ])
      assert.deepEqual(new CheckRates(bad).list(), []);
  });
});
