/** An edit that a model streams into a document: what its callers see. */
import type * as vscode from 'vscode';

export interface EditPlace {
  readonly uri: vscode.Uri;
  readonly range: vscode.Range;
  /** The text of the range when it was sent. */
  readonly original: string;
}

export type EditResult =
  | {
      readonly kind: 'edited';
      readonly hunks: number;
      readonly addedLines: number;
      readonly removedLines: number;
    }
  | { readonly kind: 'unchanged' }
  /** Words only: the caller shows them as an answer. */
  | { readonly kind: 'no-code' }
  /** The document has its former text, and what others have changed in it. */
  | { readonly kind: 'refused'; readonly why: EditRefusal };

export type EditRefusal =
  | 'elision'
  | 'several-blocks'
  | 'wrong-file'
  | 'half'
  /** By the person, in the editor. */
  | 'stopped'
  | 'document-changed'
  | 'document-closed'
  | 'read-only';

/** What the person did with the hunks in the end. All are 0 when there never was one to decide on. */
export interface EditVerdict {
  readonly accepted: number;
  readonly rejected: number;
  /** By a change of somebody else in their lines, or by the end of the document. */
  readonly lost: number;
}

export interface LiveEdit extends vscode.Disposable {
  /**
   * Before `finish`, as `stop`. After it, hunks that nobody has decided on count as lost and stay in the document: an edit
   * that was finished ends by itself.
   */
  dispose(): void;
  /** Shown as soon as there is a whole line of code; does nothing once the edit has ended. */
  push(text: string): void;
  /** Resolves when the final difference stands in the editor. `complete`: the platform said that the answer is whole. */
  finish(complete: boolean): Promise<EditResult>;
  /** As `finish` of a whole answer; what then stands there can be decided on, or taken back while nobody has touched it. */
  tryOut(): Promise<EditResult>;
  /**
   * After `tryOut`: the text is as it was, and another answer can be pushed into the same place. False, and nothing is
   * changed, when somebody has decided on a hunk, or has typed in the document since the edit began.
   */
  takeBack(): Promise<boolean>;
  /** After `tryOut`: it stays. */
  keep(): void;
  /** Everything is put back as it was. */
  stop(): Promise<void>;
  acceptAll(): Promise<void>;
  rejectAll(): Promise<void>;
  /**
   * Never rejects. Resolves while the answer still comes when the person stops the edit, undoes it or closes the document:
   * the request can be aborted then.
   */
  readonly settled: Promise<EditVerdict>;
}
