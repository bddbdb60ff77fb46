/** Opens answer views for questions, and finds the one that a command means. */
import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import type { Receipt } from '../flow/request.ts';
import type { AnswerSession, AnswerSessionDeps } from './answerSession.ts';
import type { Question } from './question.ts';

/** More views than this would only bury the code. */
const MOST_OPEN = 8;

export class Answers implements Disposable {
  readonly #deps: Omit<AnswerSessionDeps, 'onClosed'>;
  /** The one used last comes first. */
  #open: AnswerSession[] = [];

  constructor(deps: Omit<AnswerSessionDeps, 'onClosed'>) {
    this.#deps = deps;
  }

  /** Uses the last view again when it is not busy, so that views do not pile up. */
  async ask(question: Question): Promise<Receipt | undefined> {
    const { AnswerSession: Session } = await import('./answerSession.ts');
    const free = this.#open.find((session) => !session.running);
    const last = this.#open.at(-1);
    const session = free ?? (this.#open.length >= MOST_OPEN && last ? last : this.#create(Session, question));
    this.#open = [session, ...this.#open.filter((other) => other !== session)];
    return session.ask(question);
  }

  /** The view in front, else the one used last. */
  current(): AnswerSession | undefined {
    return this.#open.find((session) => session.active) ?? this.#open[0];
  }

  dispose(): void {
    for (const session of [...this.#open]) session.dispose();
  }

  #create(Session: typeof AnswerSession, question: Question): AnswerSession {
    const onClosed = (closed: AnswerSession) => {
      this.#open = this.#open.filter((session) => session !== closed);
      this.#mark();
    };
    const session = new Session({ ...this.#deps, onClosed }, question);
    this.#open.unshift(session);
    this.#mark();
    return session;
  }

  /** Commands that need an answer view hide themselves by this key. */
  #mark(): void {
    void vscode.commands.executeCommand('setContext', 'sluice.hasAnswer', this.#open.length > 0);
  }
}
