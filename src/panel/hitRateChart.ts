/** How many requests each cache level answered, what that saved, and how the levels are doing. */
import type { CacheLevelView, CacheStrategyView } from '../flow/snapshot.ts';
import { type Content, h, type VNode } from './dom.ts';
import type { Format } from './format.ts';
import { figure, nothing, section, unknown } from './parts.ts';

export function hitRateChart(
  levels: readonly CacheLevelView[],
  strategies: readonly CacheStrategyView[],
  format: Format,
): VNode {
  const { words } = format;
  return section(
    'caches',
    words.t('caches'),
    undefined,
    levels.length === 0 && nothing(words.t('caches.none')),
    levels.map((level) => cacheLevel(level, format)),
    strategies.length > 0 && strategyList(strategies, format),
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
    level.down === true && h('p', { class: 'detail', key: 'down' }, words.t('cache.down')),
    h(
      'dl',
      { class: 'figures' },
      figure(words.t('cache.hits'), format.count(level.hits)),
      figure(words.t('cache.misses'), format.count(level.misses)),
      level.joined !== undefined && figure(words.t('cache.joined'), format.count(level.joined)),
      figure(words.t('cache.entries'), entries(level, format)),
      figure(words.t('cache.size'), size(level, format)),
      figure(words.t('cache.savedMoney'), savedMoney(level, format)),
      figure(words.t('cache.savedTime'), format.duration(level.savedMs)),
      ...inside(level, format),
    ),
  );
}

function entries({ entries: count, maxEntries }: CacheLevelView, format: Format): Content {
  const { words } = format;
  if (count === undefined) return unknown(words.t('cache.notTold'));
  if (maxEntries === undefined) return format.count(count);
  return words.t('cache.entriesOf', format.count(count), format.count(maxEntries));
}

function size({ bytes, maxBytes }: CacheLevelView, format: Format): Content {
  const { words } = format;
  if (bytes === undefined) return unknown(words.t('cache.notTold'));
  if (maxBytes === undefined) return format.bytes(bytes);
  return words.t('cache.entriesOf', format.bytes(bytes), format.bytes(maxBytes));
}

/** What only some levels have, and only once there is something to tell. */
function inside(level: CacheLevelView, format: Format): Content[] {
  const { words } = format;
  const { evictions = 0, skipped = 0, rejected = 0, filter, packing } = level;
  return [
    evictions > 0 && figure(words.t('cache.evictions'), format.count(evictions)),
    skipped > 0 && figure(words.t('cache.skipped'), format.count(skipped)),
    rejected > 0 && figure(words.t('cache.rejected'), format.count(rejected)),
    filter !== undefined &&
      filter.asked > 0 &&
      figure(
        words.t('cache.filter'),
        words.t(
          'cache.filterOf',
          format.count(filter.spared),
          format.count(filter.asked),
          format.count(filter.wrong),
        ),
      ),
    packing !== undefined &&
      figure(words.t('cache.packing'), format.percent(packing.packedBytes / packing.plainBytes)),
  ];
}

function strategyList(strategies: readonly CacheStrategyView[], format: Format): VNode {
  const { words } = format;
  return h(
    'dl',
    { class: 'figures', key: 'strategies', 'data-strategies': '' },
    strategies.map(({ strategy, hits, misses, joined }) =>
      figure(
        words.t(`cache.strategy.${strategy}`),
        words.t('cache.entriesOf', format.count(hits + joined), format.count(hits + misses + joined)),
      ),
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
function savedMoney({ savedUsd, hits, joined = 0 }: CacheLevelView, format: Format): Content {
  if (savedUsd !== undefined) return format.usd(savedUsd);
  return unknown(format.words.t(hits + joined > 0 ? 'cost.unknown' : 'cache.noHit'));
}
