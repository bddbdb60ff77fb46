/** Experiments: what each variant came to, and what can be said of it against the first one. */
import type { ExperimentView, VariantView } from '../flow/snapshot.ts';
import { type Content, h, type VNode } from './dom.ts';
import type { Format } from './format.ts';
import { facts, section, unknown } from './parts.ts';
import { smallTable } from './smallTable.ts';

/** Nothing at all where none is declared: most people never will. */
export function experimentsList(experiments: readonly ExperimentView[] = [], format: Format): VNode | false {
  const { words } = format;
  if (experiments.length === 0) return false;
  return section(
    'experiments',
    words.t('experiments'),
    undefined,
    experiments.map((experiment) => one(experiment, format)),
  );
}

function one(experiment: ExperimentView, format: Format): VNode {
  const { words } = format;
  const { name, metric, per, errorRate, variants } = experiment;
  return h(
    'div',
    { class: 'group', key: name, 'data-experiment': name },
    h('h3', {}, name),
    facts(
      'p',
      h('span', {}, words.t(`experiment.metric.${metric}`)),
      h('span', {}, words.t(`experiment.per.${per}`)),
      h('span', {}, words.t('experiment.errorRate', format.percent(errorRate))),
    ),
    smallTable({
      key: 'variants',
      caption: words.t('experiment.caption', name),
      columns: ['count', 'accepted', 'cost', 'time'].map((key) => ({
        label: words.t(`experiment.${key}`),
        title: words.t(`experiment.${key}.title`),
      })),
      rows: variants.map((variant) => ({
        key: variant.name,
        head: variant.own ? words.t('experiment.own', variant.name) : variant.name,
        cells: cellsOf(variant, format),
      })),
    }),
    variants.map((variant) => verdict(variant, experiment, format)),
  );
}

function cellsOf({ count, judged, accepted, costUsd, timeMs }: VariantView, format: Format): Content[] {
  const { words } = format;
  const none = () => unknown(words.t('experiment.noAnswer'));
  return [
    format.count(count),
    accepted === undefined
      ? none()
      : words.t('experiment.of', format.percent(accepted), format.count(judged)),
    costUsd === undefined ? none() : format.usd(costUsd),
    timeMs === undefined ? none() : format.duration(timeMs),
  ];
}

function verdict(variant: VariantView, experiment: ExperimentView, format: Format): Content {
  if (variant.verdict === undefined) return false;
  const { words } = format;
  const { kind } = variant.verdict;
  const metric = kind === 'harmful' ? 'accepted' : experiment.metric;
  return h(
    'p',
    { class: 'detail', key: `verdict ${variant.name}`, 'data-verdict': kind },
    words.t(`verdict.${kind}`, variant.name),
    ' ',
    intervalWords(variant.verdict, metric, format),
  );
}

function intervalWords(
  { estimate, low, high }: NonNullable<VariantView['verdict']>,
  metric: ExperimentView['metric'],
  format: Format,
): Content {
  const { words } = format;
  if (estimate === undefined) return words.t('verdict.nothing');
  const amount = (value: number) => signed(value, metric, format);
  if (low === undefined || high === undefined) return words.t('verdict.tooFew', amount(estimate));
  return words.t('verdict.interval', amount(estimate), amount(low), amount(high));
}

/** `+12 %`, `−$0.004`, `±0 ms`. */
function signed(value: number, metric: ExperimentView['metric'], format: Format): string {
  const size = Math.abs(value);
  const text =
    metric === 'cost' ? format.usd(size) : metric === 'time' ? format.duration(size) : format.percent(size);
  // The joiner keeps the sign beside its number at the end of a line.
  return `${value > 0 ? '+' : value < 0 ? '−' : '±'}\u2060${text}`;
}
