/** The small pieces that every section is made of. */
import { type Content, flatten, h, type VNode } from './dom.ts';
import type { Words } from './words.ts';

/** A dash for what is not known; `reason` is its tooltip and what a screen reader says. */
export function unknown(reason: string): VNode {
  return h(
    'span',
    { class: 'unknown', title: reason },
    h('span', { 'aria-hidden': 'true' }, '–'),
    hidden(reason),
  );
}

/** Words for a screen reader only. */
export function hidden(...content: Content[]): VNode {
  return h('span', { class: 'hidden' }, ...content);
}

export function simulatedBadge(words: Words): VNode {
  return h(
    'span',
    { class: 'badge', key: 'simulated', title: words.t('simulated.title') },
    words.t('simulated'),
  );
}

/** Short facts in one row; a screen reader hears a comma where the eye sees a gap. */
export function facts(tag: string, ...content: Content[]): VNode {
  const each = flatten(content).flatMap((fact, index) => (index === 0 ? [fact] : [comma(index), fact]));
  return h(tag, { class: 'detail facts' }, ...each);
}

function comma(index: number): VNode {
  return h('span', { class: 'hidden', key: `comma-${index}` }, ', ');
}

/** A section of the dashboard; `aside` stands at the end of its heading. */
export function section(name: string, heading: string, aside: Content, ...content: Content[]): VNode {
  const id = `heading-${name}`;
  return h(
    'section',
    { key: name, 'data-section': name, 'aria-labelledby': id },
    h(
      'div',
      { class: 'heading' },
      h('h2', { id }, heading),
      aside !== undefined && aside !== false && h('div', { class: 'aside', key: 'aside' }, aside),
    ),
    ...content,
  );
}

/** One pair of a `dl.figures`. */
export function figure(label: Content, value: Content): VNode {
  return h('div', { class: 'figure' }, h('dt', {}, label), h('dd', {}, value));
}

/** One sentence in the place of what is not there yet. */
export function nothing(text: string): VNode {
  return h('p', { class: 'nothing', key: 'nothing' }, text);
}

/** The text of `key` with `node` in the place of `{0}`. */
export function around(words: Words, key: string, node: VNode): Content {
  const [before = '', after = ''] = words.t(key).split('{0}');
  return [before, node, after];
}

/** Moves without an end, below the frame's upper edge, as in VS Code's own views. */
export function progress(label: string): VNode {
  return h(
    'div',
    { class: 'progress', key: 'progress', role: 'progressbar', 'aria-label': label },
    h('div', {}),
  );
}

/** What went wrong, said at once by a screen reader. */
export function failureBox(...content: Content[]): VNode {
  return h('div', { class: 'box error', role: 'alert', key: 'failure' }, ...content);
}
