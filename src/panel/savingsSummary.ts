/** What choosing saved against always asking one model, with what that assumes. */
import type { SavingsView, ShadowView } from '../flow/snapshot.ts';
import { h, type VNode } from './dom.ts';
import type { Format } from './format.ts';
import { nothing, section, simulatedBadge } from './parts.ts';

export function savingsSummary(savings: readonly SavingsView[] = [], format: Format): VNode {
  const { words } = format;
  const [{ days } = { days: 0 }] = savings;
  return section(
    'savings',
    words.t('savings'),
    savings.length > 0 && words.t('savings.days', format.count(days)),
    savings.length === 0 && nothing(words.t('savings.none')),
    savings.flatMap((view) => choices(view).map(([name, choice]) => row(name, choice, view, format))),
    savings.length > 0 && h('p', { class: 'detail', key: 'assumed' }, words.t('savings.assumed')),
  );
}

/** One row where the strongest is also the one that would do by itself. */
function choices({ strongest, single }: SavingsView): (readonly ['strongest' | 'single', ShadowView])[] {
  const same = single.label === strongest.label;
  return [['strongest', strongest], ...(same ? [] : [['single', single] as const])];
}

function row(
  name: 'strongest' | 'single',
  { label, requests, usd, actualUsd }: ShadowView,
  { simulated }: SavingsView,
  format: Format,
): VNode {
  const { words } = format;
  const saved = usd - actualUsd;
  const amount = format.usd(Math.abs(saved));
  return h(
    'div',
    { class: 'prediction', key: `${name} ${simulated}`, 'data-choice': name },
    h(
      'div',
      { class: 'line' },
      h(
        'h3',
        { class: 'name' },
        words.t(`savings.${name}`, label),
        simulated && [' ', simulatedBadge(words)],
      ),
      h('span', { class: 'value' }, words.t(saved < 0 ? 'savings.more' : 'savings.less', amount)),
    ),
    h(
      'p',
      { class: 'detail' },
      words.count(
        'savings.instead',
        requests,
        ...([format.count(requests), format.usd(actualUsd), format.usd(usd)] as const),
      ),
    ),
  );
}
