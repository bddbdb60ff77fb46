/** What today took: requests, tokens and money, with simulated money apart. */
import type { SpendView } from '../flow/snapshot.ts';
import { type Content, h, type VNode } from './dom.ts';
import type { Format } from './format.ts';
import { figure, section, simulatedBadge, unknown } from './parts.ts';

export function spendSummary(today: SpendView, running: number, format: Format): VNode {
  const { words } = format;
  const aside =
    running > 0 ? words.count('today.running', running, format.count(running)) : format.day(today.day);
  return section(
    'today',
    words.t('today'),
    aside,
    h(
      'dl',
      { class: 'figures large' },
      figure(words.t('today.requests'), format.count(today.requests)),
      figure(words.t('today.cost'), realCost(today, format)),
      figure(words.t('today.input'), format.tokens(today.inputTokens)),
      figure(words.t('today.output'), format.tokens(today.outputTokens)),
      today.simulatedUsd > 0 &&
        h(
          'div',
          { class: 'figure wide', key: 'simulated' },
          h('dt', {}, words.t('today.simulatedCost'), ' ', simulatedBadge(words)),
          h('dd', {}, format.usd(today.simulatedUsd)),
        ),
    ),
    today.unknownCost > 0 &&
      h(
        'p',
        { class: 'detail', key: 'unknown' },
        words.count('today.unknownCost', today.unknownCost, format.count(today.unknownCost)),
      ),
  );
}

/** When no request of today had a known price, its sum is not 0 but unknown. */
function realCost(today: SpendView, format: Format): Content {
  const allUnknown = today.requests > 0 && today.unknownCost >= today.requests;
  return allUnknown ? unknown(format.words.t('cost.unknown')) : format.usd(today.usd);
}
