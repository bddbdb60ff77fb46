/** The platforms that Sluice can use now. */
import type { PlatformView } from '../flow/snapshot.ts';
import { h, type VNode } from './dom.ts';
import type { Format } from './format.ts';
import { nothing, section, simulatedBadge } from './parts.ts';

/** `offer` adds a way to connect one more. */
export function platformsList(platforms: readonly PlatformView[], offer: boolean, format: Format): VNode {
  const { words } = format;
  return section(
    'platforms',
    words.t('platforms'),
    undefined,
    platforms.length === 0 && nothing(words.t('platforms.none')),
    h(
      'ul',
      { class: 'platforms', key: 'list' },
      platforms.map(({ id, label, simulated, models }) =>
        h(
          'li',
          { key: id, class: 'line', 'data-platform': id },
          h('span', { class: 'name' }, label, simulated && [' ', simulatedBadge(words)]),
          h('span', { class: 'aside' }, words.count('platforms.models', models, format.count(models))),
        ),
      ),
    ),
    offer &&
      h('button', { class: 'link', key: 'connect', 'data-command': 'connect' }, words.t('platforms.connect')),
  );
}
