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
  };
}
