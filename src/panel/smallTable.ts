/** A table of figures that fits into a narrow sidebar: one row head, then numbers. */
import { type Content, h, type VNode } from './dom.ts';

export interface SmallTable {
  readonly key: string;
  /** For a screen reader; the eye has a heading above. */
  readonly caption: string;
  /** Labels of the columns behind the row heads. */
  readonly columns: readonly { readonly label: string; readonly title?: string }[];
  readonly rows: readonly {
    readonly key: string;
    readonly head: Content;
    readonly cells: readonly Content[];
  }[];
}

export function smallTable({ key, caption, columns, rows }: SmallTable): VNode {
  return h(
    'table',
    { class: 'cells', key },
    h('caption', { class: 'hidden' }, caption),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('td', {}),
        columns.map(({ label, title }) => h('th', { scope: 'col', title }, label)),
      ),
    ),
    h(
      'tbody',
      {},
      rows.map((row) =>
        h(
          'tr',
          { key: row.key },
          h('th', { scope: 'row' }, row.head),
          row.cells.map((cell) => h('td', {}, cell)),
        ),
      ),
    ),
  );
}
