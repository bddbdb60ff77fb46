/**
 * An answer as it comes back from a level that others may write to: checked as a whole before it is believed. What is not
 * known to be ours is no answer.
 */
import * as v from 'valibot';
import { CHECKS, PLAIN_WHYS, VERDICTS } from '../base/check.ts';
import { TASK_TYPES, TIERS } from '../base/task.ts';
import type { Answer } from '../flow/request.ts';
import type { Reason } from '../routing/decision.ts';

const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
const number = v.pipe(v.number(), v.finite());
const maybe = v.exactOptional;
const text = v.string();
const subscription = v.literal('subscription');

const OptionSchema = v.object({
  modelKey: text,
  label: text,
  tier: v.picklist(TIERS),
  chance: number,
  estimatedUsd: maybe(number),
  estimatedMs: number,
  billing: maybe(subscription),
  deviation: maybe(number),
  seen: maybe(number),
  simulated: v.boolean(),
});

const WhySchema = v.variant('kind', [
  v.object({ kind: v.picklist(PLAIN_WHYS) }),
  v.object({ kind: v.literal('syntax'), before: amount, after: amount, line: maybe(amount) }),
  v.object({ kind: v.literal('new-problems'), before: amount, after: amount }),
  v.object({ kind: v.literal('tests-failed'), exitCode: number }),
  v.object({ kind: v.literal('judged'), text }),
  v.object({ kind: v.literal('no-grammar'), language: text }),
  v.object({ kind: v.literal('timed-out'), afterMs: amount }),
]);

const CheckSchema = v.object({
  check: v.picklist(CHECKS),
  verdict: v.picklist(VERDICTS),
  why: maybe(WhySchema),
  usd: maybe(amount),
  ms: amount,
});

const ReasonSchema = v.variant('kind', [
  v.object({
    kind: v.literal('complexity'),
    value: number,
    band: v.picklist(['simple', 'medium', 'complex']),
  }),
  v.object({
    kind: v.picklist(['cheapest-adequate', 'best-available', 'near-best']),
    chance: number,
    bar: number,
  }),
  v.object({
    kind: v.literal('planned'),
    instead: text,
    chance: number,
    inAll: number,
    bar: number,
  }),
  v.object({ kind: v.literal('explored'), instead: text, chance: number }),
  v.object({ kind: v.literal('dearer-in-all'), model: text, chance: number, usd: number }),
  v.object({ kind: v.literal('learned'), outcomes: number }),
  v.object({ kind: v.literal('went-up'), from: text, failure: CheckSchema }),
  v.object({ kind: v.literal('best-of-failed'), failure: CheckSchema, of: amount }),
  v.object({ kind: v.literal('rule-cannot'), model: text }),
  v.object({ kind: v.literal('local-only'), others: number }),
  v.object({ kind: v.literal('not-allowed'), count: number }),
  v.object({ kind: v.literal('skipped-too-dear'), model: text, usd: number, maxUsd: number }),
  v.object({ kind: v.literal('skipped-too-slow'), model: text, ms: number, maxMs: number }),
  v.object({ kind: v.literal('none-so-fast'), maxMs: number }),
  v.object({ kind: v.literal('experiment'), experiment: text, variant: text }),
  v.object({ kind: v.literal('rule'), rule: text }),
  v.object({ kind: v.literal('asked-stronger'), than: text }),
  v.object({ kind: v.literal('asked-by-name') }),
  v.object({ kind: v.literal('tiers'), tiers: v.array(v.picklist(TIERS)) }),
  v.object({
    kind: v.literal('helper'),
    helper: v.picklist(['title', 'progress', 'branch-name', 'summary', 'goal']),
  }),
  v.object({ kind: v.literal('kept-warm'), tokens: number }),
  v.object({
    kind: v.literal('skipped-cannot'),
    model: text,
    lacks: v.picklist(['tools', 'images']),
    sure: v.boolean(),
  }),
  v.object({ kind: v.literal('only-model') }),
  v.object({ kind: v.literal('skipped-no-room'), model: text, limit: text, waitMs: number }),
  v.object({ kind: v.literal('spared'), model: text, worth: number }),
  v.object({ kind: v.literal('unsteady'), model: text, failed: number, slower: number, worth: number }),
  v.object({ kind: v.literal('skipped-too-long'), model: text, contextTokens: number }),
  v.object({ kind: v.literal('rule-names-missing-model'), model: text }),
  v.object({ kind: v.literal('fell-back'), from: text, code: text }),
]);

/** A reason that is missing above would make every answer that has it a stranger: then this does not compile. */
type MissingReason = Exclude<Reason['kind'], v.InferOutput<typeof ReasonSchema>['kind']>;
const none: [MissingReason] extends [never] ? true : MissingReason = true;

const FeaturesSchema = v.object({
  task: v.picklist(TASK_TYPES),
  language: text,
  inputTokens: amount,
  codeLines: amount,
  nesting: amount,
  instructionWords: amount,
  hardWords: amount,
  constraints: amount,
  problems: amount,
  errors: maybe(amount),
  symbols: maybe(amount),
  testsNear: maybe(v.boolean()),
  publicApi: maybe(v.boolean()),
  turnsBefore: maybe(amount),
});

const DecisionSchema = v.object({
  chosen: OptionSchema,
  reasons: v.array(ReasonSchema),
  confidence: number,
  nextCheaper: maybe(OptionSchema),
  nextDearer: maybe(OptionSchema),
  fallbacks: v.array(OptionSchema),
  features: FeaturesSchema,
  estimatedInputTokens: amount,
  estimatedOutputTokens: amount,
});

const UsageSchema = v.object({
  input: amount,
  output: amount,
  cacheRead: amount,
  cacheWrite: amount,
  reasoning: amount,
  cacheWriteLong: maybe(amount),
  terms: maybe(v.array(text)),
  chargedUsd: maybe(amount),
});

const AnswerSchema = v.object({
  text,
  receipt: v.object({
    id: text,
    atMs: amount,
    task: v.picklist(TASK_TYPES),
    decision: DecisionSchema,
    platform: text,
    model: text,
    modelKey: text,
    simulated: v.boolean(),
    billing: maybe(subscription),
    platformRequestId: maybe(text),
    usage: maybe(UsageSchema),
    costUsd: maybe(amount),
    promptCacheSavedUsd: maybe(number),
    firstTokenMs: maybe(amount),
    totalMs: amount,
    ownMs: amount,
    checks: maybe(v.array(CheckSchema)),
    // Only a whole answer that was paid for is ever kept.
    cache: v.literal('none'),
    stop: v.literal('complete'),
  }),
});

/** `undefined`: it is not an answer that Sluice would have kept. */
export function readAnswer(raw: string): Answer | undefined {
  try {
    const parsed = v.safeParse(AnswerSchema, JSON.parse(raw));
    return none && parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
