/** `Sluice: Review Selection`: the answer streams beside the code, and each finding becomes a comment at its lines. */
import * as vscode from 'vscode';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import type { Outcomes } from '../flow/outcomes.ts';
import type { Answer, Receipt } from '../flow/request.ts';
import { type Finding, readFindings } from '../prompt/readFindings.ts';
import { type AskDeps, askInView } from './askSelection.ts';
import { placedCodeHere } from './taskSelection.ts';

const t = vscode.l10n.t;
export const REVIEW_COMMENTS = 'sluice.review';

export interface ReviewDeps extends AskDeps {
  readonly outcomes: Outcomes;
}

interface Reviewed {
  readonly uri: vscode.Uri;
  /** First line that was sent, counted from 0. */
  readonly from: number;
  readonly lines: number;
}

export class ReviewComments implements Disposable {
  readonly #deps: ReviewDeps;
  readonly #bag = new DisposableBag();
  readonly #controller: vscode.CommentController;
  /** With the review that each belongs to. */
  readonly #threads = new Map<vscode.CommentThread, Receipt>();

  constructor(deps: ReviewDeps) {
    this.#deps = deps;
    this.#controller = this.#bag.add(
      vscode.comments.createCommentController(REVIEW_COMMENTS, t('Sluice Review')),
    );
  }

  /** Resolves with the comments that stand then, worst finding first; without them when no answer came. */
  async review(): Promise<readonly vscode.CommentThread[] | undefined> {
    const placed = await placedCodeHere(this.#deps);
    if (placed === undefined) return undefined;
    const { code, document, range } = placed;
    const reviewed = { uri: document.uri, from: range.start.line, lines: code.text.split('\n').length };
    const onAnswer = (answer: Answer) => this.#show(answer, reviewed);
    const receipt = await askInView(this.#deps, { task: 'review', instruction: '', code, onAnswer });
    if (receipt === undefined) return undefined;
    return [...this.#threads].filter(([, of]) => of.id === receipt.id).map(([thread]) => thread);
  }

  /** The person has dealt with it. */
  resolve(thread: unknown): void {
    const known = this.#find(thread);
    if (known === undefined) return;
    this.#note(known, 'used');
    known.state = vscode.CommentThreadState.Resolved;
    known.collapsibleState = vscode.CommentThreadCollapsibleState.Collapsed;
  }

  /** It was of no use. */
  dismiss(thread: unknown): void {
    const known = this.#find(thread);
    if (known === undefined) return;
    this.#threads.delete(known);
    known.dispose();
    this.#mark();
  }

  clear(): void {
    for (const thread of this.#threads.keys()) thread.dispose();
    this.#threads.clear();
    this.#mark();
  }

  dispose(): void {
    this.clear();
    this.#bag.dispose();
  }

  /** A newer review takes the place of an older one of the same lines. */
  #show({ text, receipt }: Answer, { uri, from, lines }: Reviewed): void {
    const place = new vscode.Range(from, 0, from + lines, 0);
    for (const thread of [...this.#threads.keys()]) {
      const same = thread.uri.toString() === uri.toString();
      if (same && thread.range && place.contains(thread.range)) this.dismiss(thread);
    }
    for (const finding of readFindings(text, lines).findings) {
      this.#threads.set(this.#comment(uri, from, finding, receipt), receipt);
    }
    this.#mark();
  }

  #comment(uri: vscode.Uri, from: number, finding: Finding, receipt: Receipt): vscode.CommentThread {
    const range = new vscode.Range(from + finding.firstLine - 1, 0, from + finding.lastLine - 1, 0);
    const model = receipt.simulated ? t('{0} (simulated)', receipt.model) : receipt.model;
    const comment: vscode.Comment = {
      // Text of a model: no command link in it may run.
      body: new vscode.MarkdownString(finding.text),
      mode: vscode.CommentMode.Preview,
      author: { name: 'Sluice' },
      label: model,
    };
    const thread = this.#controller.createCommentThread(uri, range, [comment]);
    thread.canReply = false;
    thread.contextValue = 'finding';
    thread.label = t('Finding of a review');
    thread.state = vscode.CommentThreadState.Unresolved;
    thread.collapsibleState = vscode.CommentThreadCollapsibleState.Expanded;
    return thread;
  }

  #note(thread: vscode.CommentThread, kind: 'used'): void {
    const receipt = this.#threads.get(thread);
    if (receipt) this.#deps.outcomes.happened(receipt, { kind });
  }

  /** A menu gives the thread itself. */
  #find(thread: unknown): vscode.CommentThread | undefined {
    return [...this.#threads.keys()].find((known) => known === thread);
  }

  #mark(): void {
    void vscode.commands.executeCommand('setContext', 'sluice.hasFindings', this.#threads.size > 0);
  }
}
