/** How many requests each cache level answered, and what that saved. */
import type { CacheLevelView } from '../flow/snapshot.ts';
import { type Content, h, type VNode } from './dom.ts';
import type { Format } from './format.ts';
import { figure, nothing, section, unknown } from './parts.ts';

export function hitRateChart(levels: readonly CacheLevelView[], format: Format): VNode {
  const { words } = format;
  return section(
    'caches',
    words.t('caches'),
    undefined,
    levels.length === 0 && nothing(words.t('caches.none')),
    levels.map((level) => cacheLevel(level, format)),
  );
}

function cacheLevel(level: CacheLevelView, format: Format): VNode {
  const { words } = format;
  const asked = level.hits + level.misses;
  const rate = asked > 0 ? level.hits / asked : undefined;
  return h(
    'div',
    { class: 'group', key: level.level, 'data-level': level.level },
    h(
      'div',
      { class: 'line' },
      h('h3', { class: 'name' }, words.t(`cache.${level.level}`)),
      h(
        'span',
        { class: 'value' },
        rate === undefined ? unknown(words.t('cache.noRequest')) : format.percent(rate),
      ),
    ),
    hitBar(level, rate, format),
    h(
      'dl',
      { class: 'figures' },
      figure(words.t('cache.hits'), format.count(level.hits)),
      figure(words.t('cache.misses'), format.count(level.misses)),
      figure(words.t('cache.joined'), format.count(level.joined)),
      figure(
        words.t('cache.entries'),
        words.t('cache.entriesOf', format.count(level.entries), format.count(level.maxEntries)),
      ),
      figure(words.t('cache.savedMoney'), savedMoney(level, format)),
      figure(words.t('cache.savedTime'), format.duration(level.savedMs)),
    ),
  );
}

function hitBar(level: CacheLevelView, rate: number | undefined, format: Format): VNode {
  const { words } = format;
  const text =
    rate === undefined
      ? words.t('cache.noRequest')
      : words.t('cache.rate', format.percent(rate), format.count(level.hits), format.count(level.misses));
  return h(
    'div',
    { class: 'bar', role: 'img', 'aria-label': text, title: text },
    h(
      'svg',
      { viewBox: '0 0 100 6', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      h('rect', { class: 'hits', x: 0, y: 0, width: Math.round((rate ?? 0) * 1e4) / 100, height: 6 }),
    ),
  );
}

/** Nothing was saved before the first hit; after it, an absent sum means that no price is known. */
function savedMoney({ savedUsd, hits, joined }: CacheLevelView, format: Format): Content {
  if (savedUsd !== undefined) return format.usd(savedUsd);
  return unknown(format.words.t(hits + joined > 0 ? 'cost.unknown' : 'cache.noHit'));
}
