/** The words of what the dashboard shows of learning: experiments, savings, models by task. See `panelTexts.ts`. */
import type { Translate } from './panelTexts.ts';

export function experiments(t: Translate) {
  return {
    experiments: t('Experiments'),
    'experiment.metric.accepted': t('compares accepted answers'),
    'experiment.metric.quality': t('compares how much of an answer stays'),
    'experiment.metric.cost': t('compares cost'),
    'experiment.metric.time': t('compares time'),
    'experiment.per.person': t('one variant for this installation'),
    'experiment.per.request': t('equal requests have one variant'),
    'experiment.errorRate': t('errs in at most {0} of experiments'),
    'experiment.caption': t('Variants of {0}'),
    'experiment.count': t('Answers'),
    'experiment.count.title': t('Answers that had this variant'),
    'experiment.accepted': t('Accepted'),
    'experiment.accepted.title': t('Share of the answers taken, and of how many it is known'),
    'experiment.cost': t('Cost'),
    'experiment.cost.title': t('Mean cost of an answer'),
    'experiment.time': t('Time'),
    'experiment.time.title': t('Mean time to a whole answer'),
    'experiment.of': t('{0} of {1}'),
    'experiment.own': t('{0} (yours)'),
    'experiment.noAnswer': t('No answer yet.'),
    'verdict.better': t('{0} is better.'),
    'verdict.worse': t('{0} is worse.'),
    'verdict.undecided': t('{0}: nothing is sure yet.'),
    'verdict.harmful': t('{0} was stopped: fewer of its answers are accepted.'),
    'verdict.nothing': t('Nothing is known of its answers.'),
    'verdict.tooFew': t('Difference {0}, from too few answers for bounds.'),
    'verdict.interval': t('Difference {0}, between {1} and {2}.'),
  };
}

export function models(t: Translate) {
  return {
    models: t('Models by task'),
    'models.none': t('Nothing was asked yet.'),
    'models.caption': t('Models for {0}'),
    'models.chance': t('Good'),
    'models.chance.title': t('Chance of a good answer, as it is estimated now'),
    'models.evidence': t('Evidence'),
    'models.evidence.title': t('Answers to such tasks of which it is known how good they were'),
    'models.cost': t('Cost'),
    'models.cost.title': t('Mean cost of its answers to such tasks'),
    'models.time': t('Time'),
    'models.time.title': t('Mean time of its answers to such tasks'),
    'models.noTime': t('It has not answered such a task yet.'),
    'models.changes': t('Models that changed behind their names'),
    'models.changedAt': t('(noticed {0})'),
    'models.better': t('does better than it used to; what was learned before counts less.'),
    'models.worse': t('does worse than it used to; what was learned before counts less.'),
    'models.firstToken.slower': t('slower: first words after {0}, before after {1}.'),
    'models.firstToken.faster': t('faster: first words after {0}, before after {1}.'),
    'models.token.slower': t('slower: {0} tokens a second, before {1}.'),
    'models.token.faster': t('faster: {0} tokens a second, before {1}.'),
    'models.about': t(
      'Without evidence a chance comes from what is known of the model, and of the same model at other tasks.',
    ),
  };
}

export function savings(t: Translate) {
  return {
    'decisions.escalations': t(
      '{0} of them were checked before they were shown: {1} went up to a stronger model.',
    ),
    savings: t('Savings'),
    'savings.days': t('last {0} days'),
    'savings.none': t(
      'Nothing to compare yet: it takes an answer of known cost and a second model with a price.',
    ),
    'savings.strongest': t('Against always {0}, the strongest'),
    'savings.single': t('Against always {0}, the cheapest that would do'),
    'savings.less': t('{0} saved'),
    'savings.more': t('{0} more'),
    'savings.instead.one': t('{0} answer: {1} instead of {2}'),
    'savings.instead.other': t('{0} answers: {1} instead of {2}'),
    'savings.assumed': t(
      'Assumed: the other model had used as many tokens, and its answer had been kept. Cached answers are not counted.',
    ),
  };
}
