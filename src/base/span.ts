/** A stretch of a text that stays on its words while the text changes. Units: UTF-16 code units from the beginning. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** `removed` units at `at` were replaced by `added` ones. */
export interface TextChange {
  readonly at: number;
  readonly removed: number;
  readonly added: number;
}

/** What is inserted at the start belongs to the span; at its end only when it `grows`. */
export function shiftedSpan(span: Span, change: TextChange, grows: boolean): Span {
  const { at, removed, added } = change;
  const changeEnd = at + removed;
  const difference = added - removed;
  if (changeEnd < span.start || (changeEnd === span.start && removed > 0)) {
    return { start: span.start + difference, end: span.end + difference };
  }
  if (at > span.end || (at === span.end && !grows && span.end > span.start)) return span;
  const start = Math.min(span.start, at);
  return { start, end: Math.max(span.end, changeEnd) + difference };
}
