/**
 * The words of the webviews by key. `{0}`, `{1}` are filled in by the panel; `.one` and `.other` are chosen
 * by the count as the language counts.
 */

import type { PanelTexts } from '../flow/messages.ts';
import { cacheTexts } from './cacheTexts.ts';
import { experiments, models, savings } from './panelLearningTexts.ts';
import { reuseTexts } from './panelReuseTexts.ts';

/** The shape of `vscode.l10n.t`. */
export type Translate = (message: string, ...args: readonly (string | number | boolean)[]) => string;

export function panelTexts(t: Translate): PanelTexts {
  return {
    ...common(t),
    ...units(t),
    ...today(t),
    ...buckets(t),
    ...forecasts(t),
    ...shares(t),
    ...predictions(t),
    ...cacheTexts(t),
    ...reuseTexts(t),
    ...latencies(t),
    ...decisions(t),
    ...models(t),
    ...savings(t),
    ...experiments(t),
    ...answer(t),
  };
}

function common(t: Translate) {
  return {
    dashboard: t('Sluice dashboard'),
    loading: t('Loading…'),
    'loading.slow': t('Sluice has not answered for {0}. It may still be starting.'),
    failed: t('The dashboard cannot be brought up to date.'),
    'failed.stale': t('Below is what was known at {0}.'),
    'failed.log': t('Show Log'),
    stale: t('Sluice has stopped sending figures. These may be out of date.'),
    'stale.age': t('Last update {0} ago'),
    empty: t('Select some code and ask about it. What it took, and what is left, shows here.'),
    'empty.explain': t('Explain Selection'),
    'empty.simulated': t('Until you connect a platform, a simulated one answers: made-up answers, no cost.'),
    'empty.connect': t('Connect a Platform…'),
    'empty.walkthrough': t('Get started with Sluice'),
    simulated: t('Simulated'),
    'simulated.title': t('From the built-in simulated platform: no real model, no real money.'),
    'cost.unknown': t('The price or the usage is not known.'),
    'tokens.unknown': t('The platform did not report the usage.'),
    platforms: t('Platforms'),
    'platforms.none': t('No platform is connected.'),
    'platforms.connect': t('Connect a Platform…'),
    'platforms.models.one': t('{0} model'),
    'platforms.models.other': t('{0} models'),
  };
}

function units(t: Translate) {
  return {
    'duration.ms': t('{0} ms'),
    'duration.s': t('{0} s'),
    'duration.min': t('{0} min'),
    'duration.h': t('{0} h'),
    'duration.d': t('{0} d'),
    'size.kB': t('{0} kB'),
    'size.MB': t('{0} MB'),
    'unit.requests': t('Requests'),
    'unit.tokens': t('Tokens'),
    'unit.input-tokens': t('Input tokens'),
    'unit.output-tokens': t('Output tokens'),
    'unit.usd': t('Money'),
    'unit.share': t('Share'),
    'unit.units': t('Units'),
  };
}

function today(t: Translate) {
  return {
    today: t('Today'),
    'today.running.one': t('{0} running'),
    'today.running.other': t('{0} running'),
    'today.requests': t('Requests'),
    'today.cost': t('Cost'),
    'today.input': t('Tokens in'),
    'today.output': t('Tokens out'),
    'today.simulatedCost': t('Cost'),
    'today.unknownCost.one': t('{0} request without a known price is in no sum.'),
    'today.unknownCost.other': t('{0} requests without a known price are in no sum.'),
  };
}

function buckets(t: Translate) {
  return {
    buckets: t('Quota'),
    'buckets.none': t('No limit is known yet. Platforms report theirs with the first answer.'),
    'bucket.low': t('Low'),
    'bucket.empty': t('Nearly used up'),
    'bucket.level': t('{0} of {1} free'),
    'bucket.reserved': t('{0} reserved'),
    'bucket.full': t('full'),
    'bucket.fullIn': t('full in {0}'),
    'bucket.resetsIn': t('resets in {0}'),
    'bucket.neverFull': t('does not refill'),
    'bucket.window': t('{0} window'),
    'bucket.refill': t('+{0} a minute'),
    'bucket.noRefill': t('refill {0}'),
    'bucket.refillUnknown': t('The platform has not said how fast it refills.'),
    'bucket.reported': t('reported {0} ago'),
    'bucket.reported.noReading': t('not reported yet'),
    'bucket.reported.title': t('The limit as the platform reports it with its answers.'),
    'bucket.declared': t('declared, read {0} ago'),
    'bucket.declared.noReading': t('declared, no reading yet'),
    'bucket.declared.title': t('The limit as it is declared; the level is our own count.'),
  };
}

function forecasts(t: Translate) {
  return {
    'forecast.runsOut': t('runs out at about {0}'),
    'forecast.runsOutBand': t('runs out at about {0} ({1}–{2})'),
    'forecast.runsOutFrom': t('runs out at about {0}, at the earliest {1}, or lasts'),
    'forecast.may': t('may run out, at the earliest {0}'),
    'forecast.back': t('back at {0}'),
    'forecast.empty': t('used up'),
    'forecast.room': t('room again at {0}'),
    'forecast.short': t('too little for a usual request, room again at {0}'),
    'forecast.lasts': t('lasts until it is full again, if used as before'),
    'forecast.unseen': t('too little use seen yet to say when it runs out'),
    'forecast.now': t('now'),
    'forecast.reset': t('full again'),
  };
}

function shares(t: Translate) {
  return {
    'bucket.more': t('Details'),
    'bucket.noShares': t('No shares: priorities are turned off.'),
    'bucket.waiting.one': t('{0} waiting'),
    'bucket.waiting.other': t('{0} waiting'),
    'bucket.holders.one': t('{0} request holds a reservation'),
    'bucket.holders.other': t('{0} requests hold reservations'),
    'bucket.threshold': t('below {0} only critical and high requests pass'),
    'bucket.foreign': t('{0} used by other programs'),
    'drift.above': t('their count is {0} above ours'),
    'drift.below': t('their count is {0} below ours'),
    'drift.none': t('their count agrees with ours'),
    'drift.unknown': t('their count against ours: {0}'),
    'uncounted.ours': t('The platform has not reported this limit: only our own count is known.'),
    'uncounted.theirs': t('Only the platform can count this limit.'),
    'by.headers': t('read from the headers of its answers'),
    'by.endpoint': t('asked from the platform'),
    'by.program': t('said by its program'),
    'by.log': t('read from the log of its program'),
    'priority.critical': t('critical'),
    'priority.high': t('high'),
    'priority.medium': t('medium'),
    'priority.low': t('low'),
    'share.caption': t('Shares of {0}'),
    'share.entitled': t('Its part'),
    'share.entitled.title': t('Its part of the full limit'),
    'share.level': t('Free'),
    'share.level.title': t('Free in this share now'),
    'share.used': t('Used'),
    'share.used.title': t('Used by this priority in the running window'),
    'share.borrowed': t('Borrowed'),
    'share.borrowed.title': t('Held by its requests out of other shares'),
    'share.lent': t('Lent'),
    'share.lent.title': t('Held out of this share by other requests'),
    'adapted.lent': t('{0} lends {1} of its share: it is expected to stay unused'),
    'adapted.penalised': t('{0} refills at {1} of its usual rate: it used more than its share'),
    'adapted.unsteady': t(
      '{0} of the newest attempts failed: only {1} of what could be lent is lent, and its tokens count {2} times their price',
    ),
    'adapted.slow': t('Answers take {0} times as long as usual: its tokens count {1} times their price'),
    'adapted.haste': t(
      'Money goes {0} times as fast as its window lasts: only {1} of what could be lent is lent',
    ),
    'adapted.burst': t('{0} took {1} more than there was: the refill pays it back first'),
  };
}

function predictions(t: Translate) {
  return {
    predictions: t('Predictions'),
    'predictions.none': t('Nothing was predicted yet.'),
    'prediction.inputTokens': t('Tokens in'),
    'prediction.outputTokens': t('Tokens out'),
    'prediction.durationMs': t('Time'),
    'prediction.held': t('P90 held in {0} of {1} answers (wanted {2}–{3})'),
    'prediction.error': t('off by {0} on average'),
    'prediction.tooFew': t('{0} answers so far; {1} are needed to judge.'),
  };
}

function latencies(t: Translate) {
  return {
    latencies: t('Time to a whole answer'),
    'latencies.none': t('No answer yet.'),
    'latency.answers.one': t('{0} answer'),
    'latency.answers.other': t('{0} answers'),
    'latency.p50': t('Half of the answers were faster.'),
    'latency.p95': t('95 of 100 answers were faster.'),
    'latency.p99': t('99 of 100 answers were faster.'),
    'latency.summary': t('{0}, histogram of answers: {1}; P50 {2}, P95 {3}, P99 {4}.'),
    'latency.caption': t('Answers of {0} by time'),
    'latency.time': t('Time'),
    'latency.count': t('Answers'),
    'latency.over': t('over {0}'),
    'latency.between': t('{0} to {1}'),
  };
}

function decisions(t: Translate) {
  return {
    decisions: t('Decisions'),
    'decisions.none': t('No request yet.'),
    'decisions.newer.one': t('{0} newer'),
    'decisions.newer.other': t('{0} newer'),
    'decisions.all': t('Show all {0}'),
    'decisions.less': t('Show fewer'),
    'decisions.fates': t('Of these {0} answers, what became of {1} is known: {2} accepted, {3} undone.'),
    'decision.open': t('Show the whole decision'),
    'decision.tokens.one': t('{0} token'),
    'decision.tokens.other': t('{0} tokens'),
    'decision.noTokens': t('tokens {0}'),
    'decision.subscription': t('in your subscription'),
    'decision.noCost': t('cost {0}'),
    'decision.memory': t('from the cache'),
    'decision.redis': t('from the team’s cache'),
    'decision.disk': t('from the cache on disk'),
    'decision.similar': t('answer to a similar question'),
    'decision.joined': t('joined an equal request'),
    'problem.cut': t('cut off'),
    'problem.cancelled': t('cancelled'),
    'problem.length': t('too long'),
    'problem.refused': t('refused'),
    'problem.other': t('failed'),
    'task.question': t('Question'),
    'task.explain': t('Explain'),
    'task.edit': t('Edit'),
    'task.fix': t('Fix'),
    'task.refactor': t('Refactor'),
    'task.tests': t('Tests'),
    'task.document': t('Document'),
    'task.review': t('Review'),
    'task.translate': t('Translate'),
    'task.simplify': t('Simplify'),
    'task.name': t('Name'),
    'task.commit-message': t('Commit message'),
  };
}

function answer(t: Translate) {
  return {
    'phase.waiting': t('Waiting…'),
    'phase.streaming': t('Answering…'),
    'phase.done': t('Done'),
    'phase.failed': t('Failed'),
    'phase.cancelled': t('Cancelled'),
    answer: t('Answer'),
    receipt: t('Receipt'),
    actions: t('What to do with the answer'),
    'action.copy': t('Copy'),
    'action.copy.title': t('Copy the whole answer as Markdown'),
    'action.cancel': t('Cancel'),
    'action.again': t('Ask Again'),
    'action.again.title': t('Ask the same again; an equal answer may come from the cache'),
    'action.stronger': t('Ask Stronger'),
    'action.stronger.title': t('Ask the same from the next stronger model'),
    'action.fresh': t('Ask Fresh'),
    'action.fresh.title': t('Ask the same and leave the cache aside'),
    'action.anyway': t('Ask Anyway'),
    'action.anyway.title': t('Ask this very question; that it was not the same is remembered'),
    'action.good': t('Good Answer'),
    'action.good.title': t('Say that the answer is good: which model answers next time is learned from it'),
    'action.bad': t('Bad Answer'),
    'action.bad.title': t('Say that the answer is bad: which model answers next time is learned from it'),
    'action.decision': t('Why This Model'),
    'action.decision.title': t('Show the whole routing decision'),
    'action.dashboard': t('Dashboard'),
    'action.connect': t('Connect a Platform…'),
    'action.queue': t('Queue Until Then'),
    'action.queue.title': t('Ask by itself as soon as the limit has room again'),
    'code.copy': t('Copy'),
    'code.copied': t('Copied'),
    'code.copyName': t('Copy code {0}'),
    'code.name': t('Code {0}'),
    'table.name': t('Table'),
    image: t('[image: {0}]'),
  };
}
