/** The words of the dashboard about the cache, by key as in `panelTexts.ts`. */
import type { Translate } from './panelTexts.ts';

export function cacheTexts(t: Translate) {
  return {
    caches: t('Cache'),
    'caches.none': t('No cache is in use.'),
    'cache.memory': t('Memory'),
    'cache.redis': t('Team (Redis)'),
    'cache.disk': t('Disk'),
    'cache.noRequest': t('No request yet.'),
    'cache.noHit': t('Nothing was answered from the cache yet.'),
    'cache.rate': t('{0} hit rate: {1} hits, {2} misses'),
    'cache.hits': t('Hits'),
    'cache.misses': t('Misses'),
    'cache.joined': t('Joined'),
    'cache.entries': t('Entries'),
    'cache.entriesOf': t('{0} of {1}'),
    'cache.size': t('Size'),
    'cache.notTold': t('Redis does not say how much of it is ours.'),
    'cache.down': t('Not in use just now: it does not answer, or too slowly. It is tried again by itself.'),
    'cache.evictions': t('Put out for room'),
    'cache.skipped': t('Not asked'),
    'cache.rejected': t('Rejected values'),
    'cache.filter': t('Known as missing'),
    'cache.filterOf': t('{0} of {1} without asking, {2} asked for nothing'),
    'cache.packing': t('Compressed to'),
    'cache.strategy.answers': t('Answers spared'),
    'cache.strategy.edits': t('Edits spared'),
    'cache.savedMoney': t('Saved'),
    'cache.savedTime': t('Time saved'),
  };
}
