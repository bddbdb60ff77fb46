/** Nodes of the last drawing, by all that they say: what says the same is neither made nor compared again. */
import type { VNode } from './dom.ts';
import type { Format } from './format.ts';

type Kept = ReadonlyMap<string, VNode>;

/** By format, since another one says the same in other words, and by the kind of list. */
const kept = new WeakMap<Format, Map<string, Kept>>();

/** `context` is what the nodes say besides the item, such as the day; `kind` tells lists apart. */
export function keptNodes<T>(
  items: readonly T[],
  {
    format,
    kind,
    context = '',
  }: { readonly format: Format; readonly kind: string; readonly context?: string },
  make: (item: T) => VNode,
): VNode[] {
  const lists = kept.get(format) ?? new Map<string, Kept>();
  const before = lists.get(kind);
  const now = new Map<string, VNode>();
  const nodes = items.map((item) => {
    const said = `${context}\n${JSON.stringify(item)}`;
    const node = before?.get(said) ?? make(item);
    now.set(said, node);
    return node;
  });
  lists.set(kind, now);
  kept.set(format, lists);
  return nodes;
}
