/** One edit from its first word to the person's last decision. Units: milliseconds; lines of the document, from 0. */
import type * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { type Growing, growing } from '../edit/alignment.ts';
import { type Hunk, sizeOf } from '../edit/hunks.ts';
import type { PlacedHunk } from '../edit/placedHunks.ts';
import { type Asked, readEdit, readGrowing } from '../edit/readEdit.ts';
import type { EditPlace, EditRefusal, EditResult, EditVerdict, LiveEdit } from './liveEdit.ts';
import { LiveEditText, type OthersChange } from './liveEditText.ts';

/** A write takes 18 to 64 ms in the extension host. */
const LEAST_INTERVAL_MS = 80;
/** At most a quarter of the time goes into showing an answer that grows. */
const REST = 3;

export interface LiveEditDeps {
  readonly clock: Clock;
  /** What is to be seen of the edit has changed. */
  readonly onChange: (edit: StreamedEdit) => void;
}

export class StreamedEdit implements LiveEdit {
  readonly id: number;
  readonly document: vscode.TextDocument;
  readonly settled: Promise<EditVerdict>;
  readonly #deps: LiveEditDeps;
  readonly #text: LiveEditText;
  #phase: 'streaming' | 'deciding' | 'settled' = 'streaming';
  #answer = '';
  #growing: Growing | undefined;
  /** Why the stream came to its end before its time. */
  #stopped: EditRefusal | undefined;
  #timer: Disposable | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #othersWrote = false;
  #tried = false;
  #settle: (verdict: EditVerdict) => void = () => undefined;

  constructor(id: number, document: vscode.TextDocument, place: EditPlace, deps: LiveEditDeps) {
    this.id = id;
    this.document = document;
    this.#deps = deps;
    this.#text = new LiveEditText(document, place.range, (change) => this.#othersChanged(change));
    this.settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  get streaming(): boolean {
    return this.#phase === 'streaming';
  }

  /** What stands may yet be taken back by us. */
  get tried(): boolean {
    return this.#tried && !this.ended;
  }

  get ended(): boolean {
    return this.#phase === 'settled';
  }

  get hunks(): readonly PlacedHunk[] {
    return this.#phase === 'deciding' ? this.#text.hunks.open : [];
  }

  /** Hunks that others have changed. */
  get lost(): number {
    return this.#phase === 'streaming' ? 0 : this.#text.hunks.lost;
  }

  /** What is not decided yet; the last line is included. */
  get lines(): { readonly first: number; readonly last: number } {
    const { first, last } = this.#text;
    if (this.streaming) return { first, last };
    const [top, bottom] = [this.hunks[0], this.hunks.at(-1)];
    if (top === undefined || bottom === undefined) return { first, last: first - 1 };
    return { first: top.line, last: bottom.line + Math.max(1, bottom.hunk.newLines.length) - 1 };
  }

  /** While the answer comes: which lines are new, and from which on nothing has been said. */
  get growth(): { readonly changed: readonly number[]; readonly rest: number } | undefined {
    if (!this.streaming || this.#growing === undefined) return undefined;
    const { first } = this.#text;
    return { changed: this.#growing.changed.map((line) => first + line), rest: first + this.#growing.rest };
  }

  push(text: string): void {
    if (!this.streaming || this.#stopped !== undefined) return;
    this.#answer += text;
    this.#timer ??= this.#deps.clock.after(0, () => void this.#show());
  }

  finish(complete: boolean): Promise<EditResult> {
    this.#pause();
    return this.#inTurn(() => this.#finish(complete));
  }

  tryOut(): Promise<EditResult> {
    this.#tried = true;
    return this.finish(true);
  }

  takeBack(): Promise<boolean> {
    return this.#inTurn(() =>
      this.#text.takeBack(
        () => this.#isUntouched,
        () => this.#begin(),
      ),
    );
  }

  keep(): void {
    this.#tried = false;
    this.#deps.onChange(this);
  }

  stop(): Promise<void> {
    this.#stopped ??= 'stopped';
    this.#pause();
    return this.#inTurn(() => this.#restore());
  }

  acceptAll(): Promise<void> {
    return this.#inTurn(async () => {
      for (const { hunk } of this.hunks) this.#text.hunks.accept(hunk.id);
      this.#decided();
    });
  }

  /** While the answer comes, this stops it. */
  rejectAll(): Promise<void> {
    return this.stop();
  }

  accept(id: number): Promise<void> {
    return this.#inTurn(async () => {
      this.#text.hunks.accept(id);
      this.#decided();
    });
  }

  reject(id: number): Promise<void> {
    return this.#inTurn(async () => {
      await this.#text.reject(id);
      this.#decided();
    });
  }

  /** The document is no more, or is another one. */
  documentGone(): void {
    if (this.ended) return;
    this.#stopped ??= 'document-closed';
    this.#text.hunks.loseAll();
    this.#end();
  }

  /** Of this edit's document. */
  documentChanged(event: vscode.TextDocumentChangeEvent): void {
    if (!this.ended) this.#text.changed(event);
  }

  documentSaved(): void {
    if (this.streaming || this.tried) this.#text.saved();
  }

  dispose(): void {
    if (this.streaming) void this.stop();
    else this.documentGone();
  }

  async #show(): Promise<void> {
    const { clock } = this.#deps;
    const startedMs = clock.monotonic();
    const { length } = this.#answer;
    await this.#inTurn(() => this.#showGrowing());
    if (!this.streaming || this.#stopped !== undefined || this.#timer === undefined) return;
    const waitMs = Math.max(LEAST_INTERVAL_MS, REST * (clock.monotonic() - startedMs));
    this.#timer = clock.after(waitMs, () => {
      this.#timer = undefined;
      if (this.#answer.length > length) this.push('');
    });
  }

  /** A document that nobody sees is written once, at the end. */
  async #showGrowing(): Promise<void> {
    if (!this.streaming || this.#stopped !== undefined || !this.#text.visible) return;
    const sofar = readGrowing(this.#answer, this.#asked);
    if (sofar === undefined || sofar.length === 0) return;
    const shown = growing(this.#text.asked, sofar);
    const taken = await this.#text.show(shown.lines);
    if (this.#stopped !== undefined) return;
    if (taken) this.#growing = shown;
    else this.#stopped = this.#refusedBy();
    this.#deps.onChange(this);
  }

  async #finish(complete: boolean): Promise<EditResult> {
    if (this.document.isClosed) this.documentGone();
    if (this.#stopped !== undefined) return this.#refuse(this.#stopped);
    const reading = readEdit(this.#answer, this.#asked, complete);
    if (reading.kind === 'refused') return this.#refuse(reading.why);
    if (reading.kind === 'no-code') {
      await this.#restore();
      return reading;
    }
    const { lines, hunks } = this.#text.differences(reading.lines);
    if (hunks.length > 0) return this.#propose(lines, hunks);
    await this.#restore();
    return { kind: 'unchanged' };
  }

  async #propose(lines: readonly string[], hunks: readonly Hunk[]): Promise<EditResult> {
    const taken = await this.#text.propose(lines, hunks);
    if (this.#stopped !== undefined) return this.#refuse(this.#stopped);
    if (!taken) return this.#refuse(this.#refusedBy());
    this.#phase = 'deciding';
    this.#decided();
    return { kind: 'edited', ...sizeOf(hunks) };
  }

  /** Since the edit began. */
  get #isUntouched(): boolean {
    return this.#phase === 'deciding' && !this.#othersWrote && this.#text.hunks.areUntouched;
  }

  #begin(): void {
    this.#phase = 'streaming';
    this.#answer = '';
    this.#growing = undefined;
    this.#tried = false;
    this.#deps.onChange(this);
  }

  #refusedBy(): EditRefusal {
    return this.document.isClosed ? 'document-closed' : 'read-only';
  }

  async #refuse(why: EditRefusal): Promise<EditResult> {
    this.#stopped = why;
    await this.#restore();
    return { kind: 'refused', why };
  }

  async #restore(): Promise<void> {
    if (this.ended) return;
    await this.#text.restore();
    this.#end();
  }

  #othersChanged(change: OthersChange): void {
    if (this.ended) return;
    this.#othersWrote = true;
    if (change === 'undone') {
      this.#stopped ??= 'stopped';
      this.#end();
    } else if (change === 'touched' && this.streaming) {
      this.#stopped ??= 'document-changed';
      this.#pause();
    }
    this.#decided();
  }

  #decided(): void {
    if (this.#phase === 'deciding' && this.hunks.length === 0) this.#end();
    else this.#deps.onChange(this);
  }

  #end(): void {
    if (this.ended) return;
    const { accepted, rejected, lost } = this.#text.hunks;
    const proposed = this.#phase === 'deciding';
    this.#phase = 'settled';
    this.#pause();
    this.#settle(proposed ? { accepted, rejected, lost } : { accepted: 0, rejected: 0, lost: 0 });
    this.#deps.onChange(this);
  }

  #pause(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(run);
    this.#turn = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  get #asked(): Asked {
    const { languageId, isUntitled, uri } = this.document;
    return { before: this.#text.asked, language: languageId, ...(isUntitled ? {} : { fileName: uri.path }) };
  }
}
