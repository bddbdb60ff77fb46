/** Texts of the dashboard about answers to similar questions and about what is asked ahead. */
type Translate = (text: string) => string;

export function reuseTexts(t: Translate) {
  return {
    similar: t('Similar questions'),
    'similar.bound': t('at most {0} wrong'),
    'similar.off': t('turned off'),
    'similar.notAsked': t('No question that a similar one could answer was asked yet.'),
    'similar.noHit': t('No question was near enough to an earlier one yet.'),
    'similar.hits': t('Answered'),
    'similar.of': t('{0} of {1}'),
    'similar.wrong': t('Wrong, estimated'),
    'similar.anyway': t('Asked anyway'),
    'similar.accepted': t('Taken over'),
    'similar.entries': t('Questions kept'),
    background: t('Asked ahead'),
    'background.spent': t('{0} of {1} today'),
    'background.none': t('Nothing was asked ahead yet.'),
    'background.noBudget': t(
      'Nothing was asked ahead: it has no budget, and only what costs nothing is asked.',
    ),
    'background.warming': t('Asked often'),
    'background.prefetch': t('Asked next'),
    'background.used': t('{0} used'),
    'background.sent': t('Asked'),
    'background.hits': t('Used'),
    'background.cost': t('Cost'),
    'background.off': t('Switched off for a week: fewer than one in ten were used.'),
    'background.newest': t('The last that were asked ahead'),
    'background.age': t('{0} ago'),
    'background.waiting': t('not used yet'),
    'background.wasUsed': t('used'),
    'background.unused': t('not used'),
  };
}
