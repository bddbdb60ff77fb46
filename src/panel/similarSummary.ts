/** How often the answer to a similar question served, how many of those were wrong as far as one can tell, what was saved. */
import type { SimilarView } from '../flow/reuseViews.ts';
import { type Content, h, type VNode } from './dom.ts';
import type { Format } from './format.ts';
import { figure, nothing, section, unknown } from './parts.ts';

/** `undefined`: not loaded yet, as before the first request. */
export function similarSummary(view: SimilarView | undefined, format: Format): Content {
  if (view === undefined) return undefined;
  const { words } = format;
  return section(
    'similar',
    words.t('similar'),
    view.maxWrong > 0 ? words.t('similar.bound', format.percent(view.maxWrong)) : words.t('similar.off'),
    view.hits === 0 && nothing(words.t(view.asked === 0 ? 'similar.notAsked' : 'similar.noHit')),
    figures(view, format),
  );
}

function figures(view: SimilarView, format: Format): VNode {
  const { words } = format;
  const { asked, hits, expectedWrong, savedUsd } = view;
  return h(
    'dl',
    { class: 'figures' },
    figure(words.t('similar.hits'), words.t('similar.of', format.count(hits), format.count(asked))),
    figure(
      words.t('similar.wrong'),
      expectedWrong === undefined ? unknown(words.t('cache.noHit')) : format.percent(expectedWrong),
    ),
    figure(words.t('similar.anyway'), format.count(view.askedAnyway)),
    figure(words.t('similar.accepted'), format.count(view.accepted)),
    figure(
      words.t('similar.entries'),
      words.t('cache.entriesOf', format.count(view.entries), format.count(view.maxEntries)),
    ),
    figure(
      words.t('cache.savedMoney'),
      savedUsd === undefined
        ? unknown(words.t(hits > 0 ? 'cost.unknown' : 'cache.noHit'))
        : format.usd(savedUsd),
    ),
    figure(words.t('cache.savedTime'), format.duration(view.savedMs)),
  );
}
