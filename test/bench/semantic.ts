/**
 * The semantic level of the answer cache: how many of its hits are wrong and how many right ones it finds, on a file of
 * question pairs and on the editor instructions kept apart; how long a lookup takes; the vector search beside sqlite-vec.
 */

import { sameForm } from '../../src/cache/embedWords.ts';
import {
  CODE_FREE,
  SEMANTIC_LIMITS,
  type SemanticHit,
  SemanticIndex,
} from '../../src/cache/semanticIndex.ts';
import { wasmIn } from '../../src/cache/vectorSearch.ts';
import { lowerShare } from '../../src/cache/verifierCalibration.ts';
import { VerifierModel } from '../../src/cache/verifierModel.ts';
import { verifierEvidence, verifierWeights } from '../../src/cache/verifierWeights.ts';
import { CODE_NEAR_MISSES, FREE_NEAR_MISSES } from '../support/nearMisses.ts';
import { type QuestionPair, readPairs, Truth } from '../support/questionPairs.ts';
import { distinct, instructionPairs, withUnrelated } from '../support/semanticTrial.ts';
import { type Bench, type Check, check, round, summary } from './report.ts';
import { searchBeside } from './vectorPeers.ts';

/** Bound on the share of wrong hits, and the least share of the findable that must be found under it. */
const GOALS = [
  { bound: 0.05, recall: 0 },
  { bound: 0.1, recall: 0.1 },
  { bound: 0.2, recall: 0.25 },
];
/** Of the interval, 95 %. */
const Z = 1.96;
const DEFAULT_BOUND = 0.01;
const INSTRUCTION_RECALL = 0.5;
const LOOKUP_MS = 10;

const deps = () => ({
  model: VerifierModel.unpack(verifierWeights),
  evidence: verifierEvidence,
  limits: { ...SEMANTIC_LIMITS, maxEntries: 200_000 },
  wasm: wasmIn(globalThis),
});

export const semantic: Bench = async ({ data, say }) => {
  const instructed = onInstructions(say);
  const deceived = onNearMisses(say);
  const searched = searchBeside(say);
  const asked = data === undefined ? undefined : onPairs(readPairs(data), say);
  return {
    results: {
      instructions: instructed.results,
      nearMisses: deceived.results,
      search: searched.results,
      questions: asked?.results ?? null,
    },
    checks: [...instructed.checks, ...deceived.checks, ...searched.checks, ...(asked?.checks ?? [])],
  };
};

/**
 * All first questions are inserted, every distinct second one is asked, and a fifth as many unrelated ones. Questions that
 * are among the inserted as they stand are left out: they would flatter. A hit on a question that the file does not
 * relate to the asked one counts as wrong, though it may be right.
 */
function onPairs(pairs: readonly QuestionPair[], say: (line: string) => void) {
  const { related, unrelated } = withUnrelated(pairs);
  const truth = new Truth(pairs);
  const index = new SemanticIndex(deps(), Math.max(...GOALS.map(({ bound }) => bound)));
  for (const { a } of related) index.insert(a, a, CODE_FREE);
  const groups = new Set(related.map(({ a }) => truth.groupOf(a)));
  const known = new Set(related.map(({ a }) => sameForm(a)));
  const questions = distinct([...related, ...unrelated]).filter((question) => !known.has(sameForm(question)));
  const findable = questions.filter((question) => groups.has(truth.groupOf(question))).length;
  say(
    `${index.size} inserted, ${questions.length} asked that are not among them, ${findable} of those findable`,
  );

  const times: number[] = [];
  let asking = questions;
  const results: Record<string, unknown> = { inserted: index.size, asked: questions.length, findable };
  const checks: Check[] = [];
  for (const { bound, recall } of GOALS.toReversed()) {
    index.bound = bound;
    const hits = asking.flatMap((question) => {
      const from = performance.now();
      const hit = index.lookup(question, CODE_FREE);
      times.push(performance.now() - from);
      return hit === undefined ? [] : [{ question, hit }];
    });
    // What is not served under a wide bound is not served under a narrower one.
    asking = hits.map(({ question }) => question);
    const told = tell(hits, truth, findable);
    results[`bound ${bound}`] = told;
    checks.push(
      check(`wrong hits at ${bound}, lower end of the interval`, told.wrongFrom, '<=', bound, 'share'),
      check(`right hits at ${bound}`, told.recall, '>=', recall, 'of the findable'),
    );
    say(`bound ${bound}: ${JSON.stringify(told)}`);
  }
  const lookups = times.slice(0, questions.length);
  checks.push(check('lookup P99', summary(lookups).p99, '<=', LOOKUP_MS, 'ms'));
  return { results: { ...results, lookupMs: summary(lookups) }, checks };
}

function tell(hits: readonly { question: string; hit: SemanticHit }[], truth: Truth, findable: number) {
  const verdicts = hits.map(({ question, hit }) => truth.of(question, hit.question));
  const right = verdicts.filter((verdict) => verdict === 'same').length;
  const different = verdicts.filter((verdict) => verdict === 'different').length;
  const wrong = hits.length - right;
  return {
    hits: hits.length,
    wrong: round(wrong / hits.length),
    wrongFrom: round(lowerShare(wrong, hits.length, Z)),
    wrongTo: round(1 - lowerShare(right, hits.length, Z)),
    /** Of the hits whose pair the file labels. */
    wrongOfLabelled: round(different / (right + different)),
    expectedWrong: round(hits.reduce((sum, { hit }) => sum + 1 - hit.probability, 0) / hits.length),
    recall: round(right / findable),
  };
}

/** Each instruction alone in a scope of its own, all the other ones asked there, once for every two. */
function onInstructions(say: (line: string) => void) {
  const index = new SemanticIndex(deps(), DEFAULT_BOUND);
  const pairs = [...instructionPairs('judge')];
  for (const { a } of pairs) index.insert(a, a, a);
  const judged = pairs.map(({ a, b, same }) => ({ same, hit: index.lookup(b, a) !== undefined }));
  const count = (same: boolean, hit: boolean) =>
    judged.filter((one) => one.same === same && one.hit === hit).length;
  const [right, wrong] = [count(true, true), count(false, true)];
  const results = { same: right + count(true, false), different: wrong + count(false, false), right, wrong };
  say(`instructions kept apart: ${JSON.stringify(results)}`);
  return {
    results,
    checks: [
      check('right hits among instructions', right / results.same, '>=', INSTRUCTION_RECALL, 'of the same'),
      check('wrong hits among instructions', wrong / (right + wrong), '<=', DEFAULT_BOUND, 'share'),
    ],
  };
}

/** Each of a pair alone in a scope of its own, the other one asked there. */
function onNearMisses(say: (line: string) => void) {
  const index = new SemanticIndex(deps(), DEFAULT_BOUND);
  const asked = [
    ...CODE_NEAR_MISSES.map((pair, at) => ({ pair, scope: `near ${at}` })),
    ...FREE_NEAR_MISSES.map((pair, at) => ({ pair, scope: `${CODE_FREE}near ${at}` })),
  ].flatMap(({ pair: [a, b], scope }) => [
    { kept: a, question: b, scope: `${scope} a` },
    { kept: b, question: a, scope: `${scope} b` },
  ]);
  for (const { kept, scope } of asked) index.insert(scope, kept, scope);
  const served = asked.filter(({ question, scope }) => index.lookup(question, scope) !== undefined).length;
  say(`near misses: ${served} served of ${asked.length}`);
  return {
    results: { asked: asked.length, served },
    checks: [check('near misses served', served, '<=', 0, 'answers')],
  };
}
