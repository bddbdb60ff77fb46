/** The semantic level of the answer cache. */
import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { type Random, seededRandom } from '../../src/base/random.ts';
import {
  CODE_FREE,
  SEMANTIC_LIMITS,
  SemanticIndex,
  type SemanticLimits,
} from '../../src/cache/semanticIndex.ts';
import { wasmIn } from '../../src/cache/vectorSearch.ts';
import { Verifier } from '../../src/cache/verifier.ts';
import { VerifierModel } from '../../src/cache/verifierModel.ts';
import { verifierEvidence, verifierWeights } from '../../src/cache/verifierWeights.ts';
import { CODE_NEAR_MISSES, FREE_NEAR_MISSES } from '../support/nearMisses.ts';
import { codeEvidence, instructions } from '../support/semanticTrial.ts';

const model = VerifierModel.unpack(verifierWeights);
const DEFAULT_BOUND = 0.01;
const WIDE = 0.2;

function openIndex(bound: number, limits: Partial<SemanticLimits> = {}): SemanticIndex {
  const deps = {
    model,
    evidence: verifierEvidence,
    limits: { ...SEMANTIC_LIMITS, ...limits },
    wasm: wasmIn(globalThis),
  };
  return new SemanticIndex(deps, bound);
}

/** Whether the answer to one instruction would be served for the other. */
function serves(kept: string, asked: string, scopeKey = 'code'): boolean {
  const index = openIndex(DEFAULT_BOUND);
  index.insert('kept', kept, scopeKey);
  return index.lookup(asked, scopeKey) !== undefined;
}

/** Some words moved, left out or misspelt. */
function garbled(question: string, random: Random): string {
  const words = question.split(' ').flatMap((word) => {
    const chance = random();
    if (chance < 0.1) return [];
    return chance < 0.2 && word.length > 5 ? [word.slice(0, 3) + word.slice(4)] : [word];
  });
  const at = Math.floor(random() * words.length);
  const to = Math.floor(random() * words.length);
  words.splice(to, 0, ...words.splice(at, 2));
  return words.join(' ');
}

suite('semantic index', () => {
  test('an instruction in other words gets the answer, labelled with what it was for and how sure that is', () => {
    const index = openIndex(DEFAULT_BOUND);
    index.insert('1', 'explain this function', 'hash');
    index.insert('2', 'add types', 'hash');

    const hit = index.lookup('What does this function do?', 'hash');

    assert.equal(hit?.entryId, '1');
    assert.equal(hit?.question, 'explain this function');
    assert.ok(hit.probability > 0.95 && hit.probability < 1, String(hit.probability));
  });

  test('law: two questions score the same whichever was asked first, to the last digit', () => {
    const texts = [...instructions('develop').map(({ text }) => text), ...FREE_NEAR_MISSES.flat()];
    const verifier = new Verifier(model, verifierEvidence);
    const random = seededRandom(61);
    const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;
    let scored = 0;
    for (let pair = 0; pair < 400; pair++) {
      const one = `${pick(texts)} ${pick(texts)}`;
      const other = random() < 0.5 ? garbled(one, random) : `${pick(texts)} ${pick(texts)}`;
      const [a, b] = [verifier.prepare(one, 'free'), verifier.prepare(other, 'free')];

      assert.equal(verifier.score(a, b), verifier.score(b, a), `${one} | ${other}`);
      assert.equal(verifier.best(a, [b])?.score, verifier.best(b, [a])?.score, `${one} | ${other}`);
      if (a.form === b.form) continue;
      assert.deepEqual(model.features(a.analysed, b.analysed), model.features(b.analysed, a.analysed));
      if (Number.isFinite(verifier.score(a, b))) scored++;
    }

    assert.ok(scored > 100, String(scored));
  });

  test('what two instructions share is the same whichever was asked first', () => {
    const texts = [...instructions('develop').map(({ text }) => text), ...CODE_NEAR_MISSES.flat()];
    const verifier = new Verifier(model, verifierEvidence);
    const random = seededRandom(62);
    const pick = () => verifier.prepare(texts[Math.floor(random() * texts.length)] ?? '', 'code');
    for (let pair = 0; pair < 1_000; pair++) {
      const [a, b] = [pick(), pick()];

      assert.equal(verifier.score(a, b), verifier.score(b, a), `${a.question} | ${b.question}`);
    }
  });

  test('what is swapped is noticed: numbers, names, negations, versions, languages, order, opposites', () => {
    const swapped = [
      ['retry 3 times', 'retry 5 times'],
      ['retry three times', 'retry five times'],
      ['rename foo to bar', 'rename bar to foo'],
      ['rename fooBar to foo_bar', 'rename foobar to foo_bar'],
      ['cache the result', 'do not cache the result'],
      ['handle errors with try/catch', 'handle errors without try/catch'],
      ['upgrade to React 18', 'upgrade to React 19'],
      ['convert this to Python 2', 'convert this to Python 3'],
      ['convert this from Python to Go', 'convert this from Go to Python'],
      ['translate this to Rust', 'translate this to Ruby'],
      ['sort ascending', 'sort descending'],
      ['add types', 'remove types'],
      ['replace < with >', 'replace > with <'],
      ['subtract a from b', 'subtract b from a'],
      ['rename i to j', 'rename j to i'],
      ['convert this from Python', 'convert this to Python'],
      ['copy this from the cache', 'copy this to the cache'],
      ['increase the limit by 2', 'increase the limit to 2'],
      ['replace old with new', 'replace new with old'],
      ['turn on caching', 'turn off caching'],
      ['remove some comments', 'remove all comments'],
      ['round up', 'round down'],
      ['use strict equality', 'use loose equality'],
    ] as const;

    const served = swapped.filter(([kept, asked]) => serves(kept, asked) || serves(asked, kept));

    assert.deepEqual(served, []);
  });

  test('a free question with another number, name, language, negation or order is not served under any bound', () => {
    const swapped = [
      ['How many people live in Berlin?', 'How many people live in Paris?'],
      ['What changed in Python 3.11?', 'What changed in Python 3.12?'],
      ['How do I sort a list in Python?', 'How do I sort a list in Java?'],
      ['Why should I use a semicolon in JavaScript?', 'Why should I not use a semicolon in JavaScript?'],
      ['How do I convert miles to kilometres?', 'How do I convert kilometres to miles?'],
      ['What are the advantages of inheritance?', 'What are the disadvantages of inheritance?'],
    ] as const;

    const served = swapped.filter(([kept, asked]) => {
      const index = openIndex(WIDE);
      index.insert('kept', kept, CODE_FREE);
      return index.lookup(asked, CODE_FREE) !== undefined;
    });

    assert.deepEqual(served, []);
  });

  test('a sign, a capital, a plural, a small word or a synonym that may be a name: the answer to one serves no other', () => {
    const served = [
      ...CODE_NEAR_MISSES.map((pair) => [...pair, 'code'] as const),
      ...FREE_NEAR_MISSES.map((pair) => [...pair, CODE_FREE] as const),
    ].filter(([one, other, scope]) => serves(one, other, scope) || serves(other, one, scope));

    assert.deepEqual(served, []);
  });

  test('the evidence about instructions is that of the words they reduce to now', () => {
    assert.deepEqual(verifierEvidence.code, codeEvidence());
  });

  test('law: within the hand-made families no hit is for a neighbouring line, and more than a thousand are right', () => {
    const all = [...instructions('develop'), ...instructions('judge')];
    let right = 0;
    const wrong: string[] = [];
    for (const family of new Set(all.map(({ family }) => family))) {
      const members = all.filter((one) => one.family === family);
      for (const kept of members) {
        const index = openIndex(DEFAULT_BOUND);
        index.insert('kept', kept.text, 'code');
        for (const asked of members) {
          if (asked === kept || index.lookup(asked.text, 'code') === undefined) continue;
          if (asked.group === kept.group) right++;
          else wrong.push(`${kept.text} → ${asked.text}`);
        }
      }
    }

    assert.ok(right > 1_000, String(right));
    assert.deepEqual(wrong, []);
  }).timeout(240_000);

  test('similar free questions are off at the default bound, for want of evidence, and on at a wide one', () => {
    const index = openIndex(DEFAULT_BOUND);
    index.insert('1', 'How do I lose weight fast?', CODE_FREE);
    const asked = 'How can I lose weight fast?';

    const narrow = index.lookup(asked, CODE_FREE);
    const equal = index.lookup('how do i lose weight fast', CODE_FREE);
    index.bound = WIDE;
    const wide = index.lookup(asked, CODE_FREE);
    index.bound = 0;
    const off = index.lookup('How do I lose weight fast?', CODE_FREE);

    assert.deepEqual([narrow, equal?.entryId, wide?.entryId, off], [undefined, '1', '1', undefined]);
  });

  test('when people ask anyway too often, it stops', () => {
    const index = openIndex(DEFAULT_BOUND);
    index.insert('1', 'explain this function', 'hash');
    const ask = () => index.lookup('what does this function do', 'hash');

    let served = 0;
    for (let hit = ask(); hit !== undefined && served < 50; hit = ask()) {
      index.learn(hit, 'wrong');
      served++;
    }

    assert.ok(served > 1 && served < 10, `${served} wrong hits in a row were served`);
  });

  test('questions without code of two scopes know nothing of each other', () => {
    const index = openIndex(WIDE);
    index.insert('1', 'How do I lose weight fast?', `${CODE_FREE}one`);

    const here = index.lookup('how do i lose weight fast', `${CODE_FREE}one`);
    const there = index.lookup('how do i lose weight fast', `${CODE_FREE}other`);

    assert.deepEqual([here?.entryId, there], ['1', undefined]);
  });

  test('law: no entry of another scope, no removed entry, no size over its bound, whatever is done', () => {
    const texts = instructions('develop').map(({ text }) => text);
    for (let seed = 1; seed <= 5; seed++) {
      const random = seededRandom(seed);
      const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;
      const limits = { maxEntries: 40, maxPerScope: 8, maxQuestionLength: 60 };
      const index = openIndex(WIDE, limits);
      const kept = new Map<string, string>();
      for (let step = 0; step < 400; step++) {
        const id = String(Math.floor(random() * 80));
        const scope = pick([CODE_FREE, 'a', 'b', 'c', 'd', 'e']);
        if (random() < 0.5) {
          index.insert(id, pick(texts), scope);
          kept.set(id, scope);
        } else if (random() < 0.2) {
          index.remove(id);
          kept.delete(id);
        } else {
          const hit = index.lookup(pick(texts), scope);
          if (hit !== undefined) {
            assert.equal(kept.get(hit.entryId), scope);
            index.learn(hit, pick(['right', 'right', 'right', 'wrong']));
          }
        }
        const entries = [...index.entries()];
        const inScopes = entries.filter(({ scopeKey }) => scopeKey !== CODE_FREE);
        const most = Math.max(
          0,
          ...[...Map.groupBy(inScopes, ({ scopeKey }) => scopeKey).values()].map((of) => of.length),
        );
        assert.ok(
          index.size <= limits.maxEntries && index.size === entries.length && most <= limits.maxPerScope,
        );
        assert.ok(entries.every(({ question }) => question.length <= limits.maxQuestionLength));
      }
    }
  });

  test('what was kept and restored gives the same answers, once it is built', () => {
    const all = instructions('develop');
    const index = openIndex(WIDE);
    all.forEach(({ text, family }, at) => {
      if (at % 2 === 0) index.insert(String(at), text, family % 2 === 0 ? CODE_FREE : `scope ${family}`);
    });
    const restored = openIndex(WIDE);
    for (const { entryId, question, scopeKey } of index.entries())
      restored.restore(entryId, question, scopeKey);

    const waiting = restored.waiting;
    const left = restored.build(10);
    while (restored.build(50) > 0);
    const answers = (of: SemanticIndex) =>
      all.map(({ text, family }) => of.lookup(text, family % 2 === 0 ? CODE_FREE : `scope ${family}`));

    assert.ok(waiting > 50);
    assert.equal(left, waiting - 10);
    assert.deepEqual(answers(restored), answers(index));
  });
});
