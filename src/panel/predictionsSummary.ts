/** How well predictions of tokens and time have held. */
import type { Snapshot } from '../flow/snapshot.ts';
import { h, type VNode } from './dom.ts';
import type { Format } from './format.ts';
import { facts, nothing, section, unknown } from './parts.ts';

type Predictions = NonNullable<Snapshot['predictions']>;
type Figures = NonNullable<Predictions[keyof Predictions]>;

const MEASURES = ['inputTokens', 'outputTokens', 'durationMs'] as const satisfies (keyof Predictions)[];

/** With fewer outcomes a good P90 would lie outside of what is wanted too often to say anything. */
export const ENOUGH_OUTCOMES = 30;
/** A good P90 holds in so many outcomes: see `CalibrationFigures`. */
const WANTED = { from: 0.85, to: 0.95 };

export function predictionsSummary(predictions: Predictions | undefined, format: Format): VNode {
  const { words } = format;
  const known = MEASURES.flatMap((measure) => {
    const figures = predictions?.[measure];
    return figures ? [row(measure, figures, format)] : [];
  });
  return section(
    'predictions',
    words.t('predictions'),
    undefined,
    known.length === 0 && nothing(words.t('predictions.none')),
    known,
  );
}

function row(measure: (typeof MEASURES)[number], figures: Figures, format: Format): VNode {
  const { words } = format;
  const { coveredByP90, meanError } = figures;
  const outcomes = Math.floor(figures.outcomes + 1e-9);
  const enough = outcomes >= ENOUGH_OUTCOMES;
  const reason = words.t('prediction.tooFew', format.count(outcomes), format.count(ENOUGH_OUTCOMES));
  return h(
    'div',
    { class: 'prediction', key: measure, 'data-measure': measure },
    h(
      'div',
      { class: 'line' },
      h('h3', { class: 'name' }, words.t(`prediction.${measure}`)),
      h('span', { class: 'value', key: 'value' }, enough ? format.percent(coveredByP90) : unknown(reason)),
    ),
    enough
      ? facts(
          'p',
          h('span', {}, heldWords(coveredByP90, outcomes, format)),
          h('span', {}, words.t('prediction.error', format.percent(meanError))),
        )
      : h('p', { class: 'detail', 'aria-hidden': 'true' }, reason),
  );
}

function heldWords(covered: number, outcomes: number, format: Format): string {
  return format.words.t(
    'prediction.held',
    format.percent(covered),
    format.count(outcomes),
    format.percent(WANTED.from),
    format.percent(WANTED.to),
  );
}
