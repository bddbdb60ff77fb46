/**
 * Markdown as a tree of elements, built by hand: no HTML of the answer ever becomes an element, and a link
 * leads nowhere but to http(s).
 */
import markdownIt, { type Token } from 'markdown-it';
import { type Child, h, textOf, type VNode } from './dom.ts';
import type { Words } from './words.ts';

const parser = markdownIt({ html: false, linkify: false, typographer: false });
// Every address is parsed as one, so that its label is shown; whether it is a link is decided in `link`.
parser.validateLink = () => true;

/** Elements that an answer may become; every other kind of token is shown as its plain text. */
const PLAIN = new Set([
  'p',
  'ul',
  'ol',
  'li',
  'blockquote',
  'hr',
  'br',
  'em',
  'strong',
  's',
  'thead',
  'tbody',
  'tr',
  'th',
  'td',
]);

/** The page's title is the only `h1`, and what is shown above the answer the `h2` that its headings stand under. */
const ANSWER_HEADING = 2;
const DEEPEST_HEADING = 6;

export function markdownTree(markdown: string, words: Words): Child[] {
  return new TreeBuilder(parser.parse(markdown, {}), words).all();
}

class TreeBuilder {
  readonly #tokens: readonly Token[];
  readonly #words: Words;
  #position = 0;
  /** Levels of the headings that the next one may stand under, as they were written. */
  readonly #headings: number[] = [];

  constructor(tokens: readonly Token[], words: Words) {
    this.#tokens = tokens;
    this.#words = words;
  }

  /** Everything up to the token that closes what is open. */
  all(): Child[] {
    const children: Child[] = [];
    for (let token = this.#next(); token && token.nesting >= 0; token = this.#next()) {
      if (token.nesting === 0) children.push(...this.#leaf(token));
      else children.push(...this.#element(token, this.all()));
    }
    return children;
  }

  #next(): Token | undefined {
    return this.#tokens[this.#position++];
  }

  #leaf(token: Token): Child[] {
    switch (token.type) {
      case 'inline':
        return new TreeBuilder(token.children ?? [], this.#words).all();
      case 'text':
      case 'text_special':
        return [token.content];
      case 'softbreak':
        return ['\n'];
      case 'hardbreak':
        return [h('br')];
      case 'hr':
        return [h('hr')];
      case 'code_inline':
        return [h('code', {}, token.content)];
      case 'fence':
        return [this.#code(token.content, token.info.trim().split(/\s+/)[0] ?? '')];
      case 'code_block':
        return [this.#code(token.content, '')];
      case 'image':
        return [this.#image(token)];
      default:
        return [token.content];
    }
  }

  /** `children` alone where the element itself is not to be shown. */
  #element(token: Token, children: Child[]): Child[] {
    if (token.hidden) return children;
    if (token.type === 'heading_open') return [h(this.#headingTag(token.tag), {}, ...children)];
    if (token.type === 'link_open') return [link(String(token.attrGet('href') ?? ''), children)];
    if (token.tag === 'table') return [this.#table(children)];
    if (!PLAIN.has(token.tag)) return children;
    return [h(token.tag, { start: startOf(token), class: alignmentOf(token) }, ...children)];
  }

  /** At most one level below the heading it stands under: whoever goes by headings misses none. */
  #headingTag(tag: string): string {
    const level = Number(tag.slice(1));
    while ((this.#headings.at(-1) ?? 0) >= level) this.#headings.pop();
    this.#headings.push(level);
    return `h${Math.min(DEEPEST_HEADING, ANSWER_HEADING + this.#headings.length)}`;
  }

  #code(content: string, language: string): VNode {
    const words = this.#words;
    return h(
      'div',
      { class: 'code' },
      h(
        'div',
        { class: 'code-head' },
        h('span', { class: 'language' }, language),
        h(
          'button',
          { class: 'link', 'data-local': 'copy-code', 'aria-label': words.t('code.copyName', language) },
          h('span', { class: 'idle' }, words.t('code.copy')),
          h('span', { class: 'copied' }, words.t('code.copied')),
        ),
      ),
      h(
        'pre',
        { tabindex: 0, role: 'group', 'aria-label': words.t('code.name', language) },
        h('code', {}, content.replace(/\n$/, '')),
      ),
    );
  }

  /** Wide tables scroll by themselves; the page never does. */
  #table(children: Child[]): VNode {
    return h(
      'div',
      { class: 'table', tabindex: 0, role: 'group', 'aria-label': this.#words.t('table.name') },
      h('table', {}, ...children),
    );
  }

  /** An answer loads nothing: a picture is its description. */
  #image(token: Token): VNode {
    const alt = textOf(new TreeBuilder(token.children ?? [], this.#words).all());
    return h('span', { class: 'image' }, this.#words.t('image', alt));
  }
}

function link(href: string, children: readonly Child[]): VNode {
  if (!/^https?:\/\//i.test(href)) return h('span', { class: 'no-link', title: href }, ...children);
  return h('a', { href, title: href, rel: 'noreferrer' }, ...children);
}

function startOf(token: Token): string | undefined {
  const start = token.attrGet('start');
  return start === null ? undefined : String(start);
}

/** The parser says it as a style, which the page's security policy forbids. */
function alignmentOf(token: Token): string | undefined {
  const style = String(token.attrGet('style') ?? '');
  const side = /text-align:(left|center|right)/.exec(style)?.[1];
  return side === undefined ? undefined : `align-${side}`;
}
