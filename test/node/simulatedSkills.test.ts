import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { readEdit } from '../../src/edit/readEdit.ts';
import { simulatedAnswer } from '../../src/node/simulatedAnswer.ts';
import {
  drawOf,
  FLAWS,
  type Flaw,
  flawedAnswer,
  parseSkills,
  SimulatedSkills,
} from '../../src/node/simulatedSkills.ts';
import { buildPrompt } from '../../src/prompt/buildPrompt.ts';
import { readNames } from '../../src/prompt/readNames.ts';
import { SIMULATED_MODELS } from '../../src/routing/simulatedModels.ts';
import { callFor, collect, neverAborted, SimulatedTrial } from '../support/simulatedTrial.ts';

const CODE = `function total(prices: readonly number[], tax: number): number {
  let sum = 0;
  for (const price of prices) sum += price;
  return sum * (1 + tax);
}`;
const [FAST] = SIMULATED_MODELS;
const before = CODE.split('\n');

function answerTo(task: 'fix' | 'name' | 'explain'): string {
  assert.ok(FAST);
  const { system, user } = buildPrompt({
    ...{ task, instruction: '', language: 'typescript', code: CODE, problems: [] },
  });
  return simulatedAnswer({ system, messages: [{ role: 'user', text: user }] }, FAST, 1);
}

function spoilt(flaw: Flaw) {
  const { text, stop = 'complete' } = flawedAnswer(answerTo('fix'), flaw);
  return { stop, reading: readEdit(text, { before, language: 'typescript' }, stop === 'complete') };
}

const depth = (text: string) =>
  [...text].filter((c) => c === '{').length - [...text].filter((c) => c === '}').length;

suite('simulated skills', () => {
  test('each flaw is what it says, and a good answer is none of them', () => {
    const good = readEdit(answerTo('fix'), { before, language: 'typescript' }, true);
    const said = Object.fromEntries(FLAWS.map((flaw) => [flaw, spoilt(flaw)]));

    assert.ok(good.kind === 'code' && depth(good.lines.join('\n')) === 0);
    const unparsable = said.unparsable?.reading;
    assert.ok(unparsable?.kind === 'code' && depth(unparsable.lines.join('\n')) === 1);
    const wrong = said.wrong?.reading;
    assert.ok(wrong?.kind === 'code' && wrong.lines.join('\n') !== good.lines.join('\n'));
    assert.equal(depth(wrong.lines.join('\n')), 0);
    assert.deepEqual(said['left-out']?.reading, { kind: 'refused', why: 'elision' });
    assert.deepEqual([said.cut?.stop, said.cut?.reading], ['length', { kind: 'refused', why: 'half' }]);
    assert.ok(
      said.half?.stop === 'complete' && !flawedAnswer(answerTo('fix'), 'half').text.endsWith('```\n'),
    );
    assert.deepEqual(said['words-only']?.reading, { kind: 'no-code' });
    assert.equal(said.refused?.stop, 'refused');
  });

  test('answers without code are spoilt too', () => {
    assert.notDeepEqual(readNames(answerTo('name'), 'total'), []);
    assert.deepEqual(readNames(flawedAnswer(answerTo('name'), 'words-only').text, 'total'), []);
    for (const flaw of FLAWS) {
      assert.notDeepEqual(flawedAnswer(answerTo('explain'), flaw), { text: answerTo('explain') }, flaw);
    }
  });

  test('models fail as often as they are told, by task, and for the same prompt alike', () => {
    const skills = new SimulatedSkills();
    skills.load([
      { model: 'sim-fast', task: 'fix', fails: 0.6, how: ['unparsable', 'cut'] },
      { model: 'sim-fast', fails: 0.1 },
      { model: 'sim-powerful', fails: 0 },
    ]);
    const share = (model: string, task: 'fix' | 'name') =>
      Array.from({ length: 4_000 }, (_, index) => skills.flaw(model, task, drawOf(`${model}\n${index}`)));
    const failed = (flaws: readonly (Flaw | undefined)[]) => flaws.filter((flaw) => flaw).length / 4_000;

    const fixes = share('sim-fast', 'fix');

    assert.ok(Math.abs(failed(fixes) - 0.6) < 0.03, String(failed(fixes)));
    assert.ok(Math.abs(failed(share('sim-fast', 'name')) - 0.1) < 0.02);
    assert.equal(failed(share('sim-powerful', 'fix')) + failed(share('sim-balanced', 'fix')), 0);
    assert.deepEqual(new Set(fixes), new Set([undefined, 'unparsable', 'cut']));
    const cut = fixes.filter((flaw) => flaw === 'cut').length / 4_000;
    assert.ok(Math.abs(cut - 0.3) < 0.03, String(cut));
    assert.deepEqual(share('sim-fast', 'fix'), fixes);
  });

  test('the platform plays them, its journal tells which, and a script goes before', async () => {
    const trial = await SimulatedTrial.start('messages');
    trial.platform.skills([{ model: 'sim-fast', fails: 1, how: ['refused'] }]);
    trial.platform.script([{ fault: { kind: 'say', text: 'Hello' } }]);
    const ask = (model: string) => collect(trial.transport.stream(callFor('fix', { model }), neverAborted()));

    await ask('sim-fast');
    const refused = await ask('sim-fast');
    await ask('sim-powerful');

    assert.deepEqual(refused.events.at(-1), { kind: 'end', stop: 'refused' });
    assert.deepEqual(
      trial.platform.requests.map(({ flaw }) => flaw),
      [undefined, 'refused', undefined],
    );
    trial.dispose();
  });

  test('rows that make no sense are refused, and those before them stay', () => {
    const skills = new SimulatedSkills();
    skills.load([{ fails: 1, how: ['cut'] }]);

    for (const bad of [[{ fails: 1.2 }], [{ fails: 1, how: [] }], [{ fails: 1, task: 'sing' }], {}, null])
      assert.throws(() => skills.load(parseSkills(bad)));

    assert.equal(skills.flaw('any', 'fix', { chance: 0, which: 0 }), 'cut');
  });
});
