/** What an inline chat needs of whoever writes an answer into the file. */
import type * as vscode from 'vscode';

export interface ChatEditPlace {
  readonly uri: vscode.Uri;
  readonly range: vscode.Range;
  /** The text of the range when it was sent. */
  readonly original: string;
}

export type ChatEditResult =
  | {
      readonly kind: 'edited';
      readonly hunks: number;
      readonly addedLines: number;
      readonly removedLines: number;
    }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'no-code' }
  | { readonly kind: 'refused'; readonly why: string };

export interface ChatEditVerdict {
  readonly accepted: number;
  readonly rejected: number;
  /** Taken over by a change of somebody else. */
  readonly lost: number;
}

export interface ChatEdit {
  push(text: string): void;
  finish(complete: boolean): Promise<ChatEditResult>;
  stop(): Promise<void>;
  acceptAll(): Promise<void>;
  rejectAll(): Promise<void>;
  /** Resolves early when the person stops the edit, undoes it or closes the document. */
  readonly settled: Promise<ChatEditVerdict>;
}

export interface ChatEdits {
  /** Throws `not-editable`. */
  start(place: ChatEditPlace): ChatEdit;
}

/** What the person made of an answer: the one thing that only an editor can know. */
export interface ChatOutcome {
  readonly receiptId: string;
  readonly kind: 'accepted' | 'partly' | 'rejected' | 'asked-again' | 'asked-stronger';
  readonly accepted?: number;
  readonly rejected?: number;
}

/** Absent: there was nothing to decide on. */
export function outcomeOf(
  receiptId: string,
  { accepted, rejected, lost }: ChatEditVerdict,
): ChatOutcome | undefined {
  if (accepted + rejected === 0) return undefined;
  const kind = accepted === 0 ? 'rejected' : rejected + lost === 0 ? 'accepted' : 'partly';
  return { receiptId, kind, accepted, rejected };
}
