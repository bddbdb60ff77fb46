/** Entry point of the answer view: draws the last state while the answer streams in. */
import { ANSWER_ACTIONS, type AnswerState, type ToPanel } from '../flow/messages.ts';
import { answerTree, phaseText } from './answerView.ts';
import { type Channel, openChannel } from './channel.ts';
import { copyText } from './clipboard.ts';
import { draw, h } from './dom.ts';
import { failureBox, hidden, progress } from './parts.ts';
import { Words } from './words.ts';

/** So near to the end, in pixels, counts as being at the end. */
const AT_END_PX = 24;

let words: Words | undefined;
let state: AnswerState | undefined;
let failure: string | undefined;

const main = document.querySelector('main') ?? document.body.appendChild(document.createElement('main'));
/** Says the phase, not the words of the answer; it stands outside what is redrawn. */
const speaker = document.createElement('div');

/** Until the answer has a title of its own. */
const pageTitle = h('h1', { class: 'hidden' }, 'Sluice');

function show(): void {
  main.dataset.phase = failure === undefined ? (state?.phase ?? 'waiting') : 'failed';
  if (!words) draw(main, pageTitle, progress('Sluice'));
  else if (failure !== undefined) draw(main, pageTitle, failureBox(h('p', {}, failure)));
  else if (!state) draw(main, pageTitle, progress(words.t('loading')), hidden(words.t('loading')));
  else showAnswer(state, words);
}

/** What came at once is read from its beginning; only a stream is followed to its end. */
let streamed = false;

function showAnswer(answer: AnswerState, texts: Words): void {
  const grows = answer.phase === 'streaming' || streamed;
  streamed = answer.phase === 'streaming';
  const follow = grows && isAtEnd() && document.getSelection()?.isCollapsed !== false;
  const active = document.activeElement;
  draw(main, answerTree(answer, texts));
  if (active instanceof HTMLElement && active.dataset.action && !active.isConnected) keepFocus();
  if (follow && answer.markdown !== '') window.scrollTo({ top: document.documentElement.scrollHeight });
}

function isAtEnd(): boolean {
  const { scrollHeight } = document.documentElement;
  return scrollHeight - window.scrollY - window.innerHeight < AT_END_PX;
}

/** The focused button is gone: the keyboard goes on from the title instead of from nowhere. */
function keepFocus(): void {
  main.querySelector('h1')?.focus({ preventScroll: true });
}

function receive(message: ToPanel): void {
  const before = state?.phase;
  if (message.kind === 'texts') {
    words = new Words(message.texts, message.locale);
    document.documentElement.lang = message.locale;
  } else if (message.kind === 'answer') {
    state = message.state;
    failure = undefined;
  } else if (message.kind === 'failed') {
    failure = message.message;
  }
  show();
  if (words && state && before !== undefined && before !== state.phase) announce(phaseText(state, words));
}

function announce(text: string): void {
  draw(speaker, text);
}

async function copyCode(button: HTMLElement): Promise<void> {
  const text = button.closest('.code')?.querySelector('pre')?.textContent ?? '';
  const copied = await copyText(text);
  if (!copied || !words) return;
  button.dataset.copied = '';
  announce(words.t('code.copied'));
  const restore = () => {
    delete button.dataset.copied;
    announce('');
  };
  button.addEventListener('pointerleave', restore, { once: true });
  button.addEventListener('blur', restore, { once: true });
}

function onClick(channel: Channel, target: EventTarget | null): void {
  const button = target instanceof Element ? target.closest('button') : null;
  if (!button) return;
  const action = ANSWER_ACTIONS.find((name) => name === button.dataset.action);
  if (action) channel.post({ kind: 'answer-action', action });
  else if (button.dataset.local === 'copy-code') void copyCode(button);
}

function start(): void {
  speaker.className = 'hidden';
  speaker.setAttribute('role', 'status');
  document.body.append(speaker);
  show();
  const channel = openChannel(receive);
  document.addEventListener('click', ({ target }) => onClick(channel, target));
}

start();
