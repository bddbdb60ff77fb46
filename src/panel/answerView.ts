/** The answer view as a tree: a function of the last answer state. */
import { ANSWER_ACTIONS, type AnswerAction, type AnswerState } from '../flow/messages.ts';
import { type Content, h, type VNode } from './dom.ts';
import { markdownTree } from './markdownDom.ts';
import { hidden, progress, simulatedBadge } from './parts.ts';
import type { Words } from './words.ts';

/** What is said aloud when the phase changes, and shown while the host gives no status of its own. */
export function phaseText({ phase, status }: AnswerState, words: Words): string {
  return phase === 'waiting' && status !== '' ? status : words.t(`phase.${phase}`);
}

export function isRunning({ phase }: AnswerState): boolean {
  return phase === 'waiting' || phase === 'streaming';
}

export function answerTree(state: AnswerState, words: Words): Content {
  return [
    header(state, words),
    notices(state),
    h('h2', { key: 'answer-heading', id: 'answer-heading', class: 'hidden' }, words.t('answer')),
    h(
      'article',
      {
        key: 'answer',
        class: 'markdown',
        'aria-labelledby': 'answer-heading',
        'aria-busy': String(isRunning(state)),
      },
      markdownTree(state.markdown, words),
    ),
    state.problem !== undefined &&
      h(
        'div',
        { key: 'problem', class: `box ${problemKind(state)}`, role: 'alert' },
        h('p', {}, state.problem),
      ),
    receipt(state, words),
    toolbar(state, words),
  ];
}

/** Its parts keep their places in every phase: nothing moves when the first word comes. */
function header(state: AnswerState, words: Words): VNode {
  const canCancel = state.actions.includes('cancel');
  return h(
    'header',
    { key: 'header' },
    h(
      'div',
      { class: 'line' },
      h('h1', { tabindex: -1 }, state.title),
      canCancel && actionButton('cancel', words),
    ),
    state.subtitle !== '' && h('p', { class: 'subtitle', key: 'subtitle' }, state.subtitle),
    (state.simulated || !isDocument(state)) &&
      h(
        'p',
        { class: 'phase', key: 'phase' },
        state.simulated && [simulatedBadge(words), ' '],
        !isDocument(state) && visibleStatus(state, words),
      ),
    isRunning(state) && progress(words.t(`phase.${state.phase}`)),
  );
}

/** A finished text that was never an answer, such as a routing decision. */
function isDocument({ phase, status, actions }: AnswerState): boolean {
  return phase === 'done' && status === '' && actions.length === 0;
}

function visibleStatus(state: AnswerState, words: Words): string {
  return state.status === '' ? words.t(`phase.${state.phase}`) : state.status;
}

function problemKind({ phase }: AnswerState): string {
  return phase === 'failed' ? 'error' : 'warning';
}

function notices({ notices: texts }: AnswerState): VNode {
  return h(
    'div',
    { key: 'notices', class: 'notices', role: 'status' },
    texts.map((text) => h('p', { class: 'notice' }, text)),
  );
}

function receipt({ receipt: rows }: AnswerState, words: Words): Content {
  if (rows.length === 0) return undefined;
  return h(
    'section',
    { key: 'receipt', class: 'receipt', 'aria-labelledby': 'receipt-heading' },
    h('h2', { id: 'receipt-heading', class: 'hidden' }, words.t('receipt')),
    h(
      'dl',
      { 'data-receipt': true },
      rows.map(({ label, value, title }) =>
        h(
          'div',
          { class: 'figure', key: label },
          h('dt', {}, label),
          h('dd', { title }, value, title !== undefined && title !== value && hidden(` (${title})`)),
        ),
      ),
    ),
  );
}

/** In one order whatever the host sends, so that a button is always found in the same place. */
function toolbar(state: AnswerState, words: Words): Content {
  const shown = ANSWER_ACTIONS.filter((action) => action !== 'cancel' && state.actions.includes(action));
  if (shown.length === 0) return undefined;
  return h(
    'footer',
    { key: 'toolbar', class: 'toolbar', role: 'group', 'aria-label': words.t('actions') },
    shown.map((action) => actionButton(action, words, pressed(action, state))),
  );
}

/** Only what the person says of an answer stays said; undefined: the button is none that stays pressed. */
function pressed(action: AnswerAction, { found }: AnswerState): string | undefined {
  return action === 'good' || action === 'bad' ? String(action === found) : undefined;
}

function actionButton(action: AnswerAction, words: Words, isPressed?: string): VNode {
  return h(
    'button',
    {
      key: action,
      class: 'button secondary',
      'data-action': action,
      'aria-pressed': isPressed,
      title: words.has(`action.${action}.title`) ? words.t(`action.${action}.title`) : undefined,
    },
    words.t(`action.${action}`),
  );
}
