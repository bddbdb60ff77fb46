/** A platform's book as a row of the levels' file. Units: as in `quota/book.ts`; epoch milliseconds. */
import type { Book } from '../quota/book.ts';
import { isBook } from '../quota/soundBook.ts';
import type { Anchor } from './sharedTime.ts';

export interface Written extends Pick<Anchor, 'atMs' | 'wallMs'> {
  readonly book: Book;
  readonly text: string;
}

export function writtenOf(row: Readonly<Record<string, unknown>>): Written | undefined {
  const text = String(row.book);
  const book = bookOf(text);
  return book && { book, text, atMs: book.atMs, wallMs: Number(row.wallMs) };
}

/** Undefined: what stands there is no book. */
export function bookOf(text: string): Book | undefined {
  try {
    const raw: unknown = JSON.parse(text);
    return isBook(raw) ? raw : undefined;
  } catch {
    // No JSON at all: no book either.
    return undefined;
  }
}
