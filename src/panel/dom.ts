/** What should be on the page as plain data, and the patcher that turns the page into it in place. */

export interface VNode {
  readonly tag: string;
  /** Tells siblings apart: a node keeps its element as long as its key stays. */
  readonly key: string | undefined;
  readonly attrs: Readonly<Record<string, string>>;
  readonly children: readonly Child[];
}

export type Child = VNode | string;

/** Anything absent is left out, so that a condition can stand in the place of a node. */
export type Content = Child | false | undefined | readonly Content[];

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

const SVG = 'http://www.w3.org/2000/svg';

/** `key` among the attributes is the node's key; `true` is an attribute without a value. */
export function h(tag: string, attributes: Attributes = {}, ...content: readonly Content[]): VNode {
  const attrs: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'key' || value === undefined || value === false) continue;
    attrs[name] = value === true ? '' : String(value);
  }
  const { key } = attributes;
  return { tag, key: key === undefined ? undefined : String(key), attrs, children: flatten(content) };
}

export function flatten(content: readonly Content[]): Child[] {
  const children: Child[] = [];
  for (const item of content) {
    if (item === undefined || item === false) continue;
    if (isList(item)) children.push(...flatten(item));
    else children.push(item);
  }
  return children;
}

function isList(item: Child | readonly Content[]): item is readonly Content[] {
  return Array.isArray(item);
}

/** The words of a tree, as a reader of plain text would see them. */
export function textOf(content: Content): string {
  return flatten([content])
    .map((child) => (typeof child === 'string' ? child : textOf(child.children)))
    .join('');
}

const drawn = new WeakMap<Node, VNode>();

/** Makes `root` hold `content`; nodes that stay are changed in place and keep focus and selection. */
export function draw(root: Element, ...content: readonly Content[]): void {
  const focused = document.activeElement;
  patchChildren(root, undefined, flatten(content));
  if (focused instanceof HTMLElement && focused.isConnected && focused !== document.activeElement) {
    focused.focus({ preventScroll: true });
  }
}

function patchChildren(parent: Element, old: readonly Child[] | undefined, next: readonly Child[]): void {
  if (old && patchInPlace(parent, old, next)) return;
  const before = [...parent.childNodes];
  const matched = match(before, next);
  const kept = new Set(matched);
  for (const node of before) if (!kept.has(node)) node.remove();
  let cursor = parent.firstChild;
  next.forEach((child, index) => {
    const node = matched[index] ?? create(child, parent);
    if (matched[index]) patch(node, child);
    if (node === cursor) cursor = node.nextSibling;
    else parent.insertBefore(node, cursor);
  });
}

/** Most updates change words and numbers alone: then nothing is looked for. `false` where the page is another one. */
function patchInPlace(parent: Element, old: readonly Child[], next: readonly Child[]): boolean {
  if (old.length !== next.length || !next.every((child, index) => sameKind(old[index], child))) return false;
  let node = parent.firstChild;
  for (const [index, child] of next.entries()) {
    if (!node || !alike(node, child)) return false;
    const following = node.nextSibling;
    if (old[index] !== child) patch(node, child);
    node = following;
  }
  return node === null;
}

function sameKind(old: Child | undefined, child: Child): boolean {
  if (typeof old !== 'object' || typeof child === 'string') return typeof old === typeof child;
  return old.tag === child.tag && old.key === child.key;
}

/** For each wanted child the node to reuse: by key, else the next one without a key if it is alike. */
function match(before: readonly ChildNode[], next: readonly Child[]): (ChildNode | undefined)[] {
  const keyed = new Map<string, ChildNode>();
  const rest: ChildNode[] = [];
  for (const node of before) {
    const key = drawn.get(node)?.key;
    if (key === undefined) rest.push(node);
    else keyed.set(key, node);
  }
  let position = 0;
  return next.map((child) => {
    const key = typeof child === 'string' ? undefined : child.key;
    const node = key === undefined ? rest[position] : keyed.get(key);
    if (!node || !alike(node, child)) return undefined;
    if (key === undefined) position++;
    else keyed.delete(key);
    return node;
  });
}

function alike(node: ChildNode, child: Child): boolean {
  return typeof child === 'string' ? node.nodeType === Node.TEXT_NODE : drawn.get(node)?.tag === child.tag;
}

function create(child: Child, parent: Element): ChildNode {
  if (typeof child === 'string') return document.createTextNode(child);
  const namespace = child.tag === 'svg' ? SVG : parent.namespaceURI;
  const element =
    namespace === SVG ? document.createElementNS(SVG, child.tag) : document.createElement(child.tag);
  for (const [name, value] of Object.entries(child.attrs)) element.setAttribute(name, value);
  drawn.set(element, child);
  for (const grandchild of child.children) element.append(create(grandchild, element));
  return element;
}

function patch(node: ChildNode, child: Child): void {
  if (typeof child === 'string') {
    if (node instanceof CharacterData) patchText(node, child);
    return;
  }
  const previous = drawn.get(node);
  if (!(node instanceof Element) || previous === child) return;
  const old = previous?.attrs ?? {};
  for (const [name, value] of Object.entries(child.attrs)) {
    if (old[name] !== value) node.setAttribute(name, value);
  }
  for (const name of Object.keys(old)) if (!(name in child.attrs)) node.removeAttribute(name);
  drawn.set(node, child);
  patchChildren(node, previous?.children, child.children);
}

/** Text that only grew is added to: a selection in it stays. */
function patchText(node: CharacterData, text: string): void {
  if (node.data === text) return;
  if (text.startsWith(node.data)) node.appendData(text.slice(node.data.length));
  else node.data = text;
}
