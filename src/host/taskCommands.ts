/** The commands that do something to the code, each loaded when it is first used. */
import { DisposableBag } from '../base/disposable.ts';
import type { AskDeps } from './askSelection.ts';
import type { ReviewComments } from './reviewComments.ts';
import type { TaskDeps } from './taskRun.ts';
import type { WriteBeside } from './writeBeside.ts';

export type TaskCommandDeps = TaskDeps & AskDeps;

export class TaskCommands {
  readonly #deps: TaskCommandDeps;
  readonly #bag = new DisposableBag();
  #review: Promise<ReviewComments> | undefined;
  #beside: Promise<WriteBeside> | undefined;

  constructor(deps: TaskCommandDeps) {
    this.#deps = deps;
  }

  table(): Readonly<Record<string, (argument: unknown) => unknown>> {
    const deps = this.#deps;
    return {
      'sluice.fixProblems': async (place) => (await import('./editTasks.ts')).fixProblems(place),
      'sluice.refactor': async (how) => (await import('./editTasks.ts')).refactor(how),
      'sluice.document': async () => (await import('./editTasks.ts')).rewrite('document'),
      'sluice.simplify': async () => (await import('./editTasks.ts')).rewrite('simplify'),
      'sluice.reviewSelection': async () => (await this.#reviewComments()).review(),
      'sluice.resolveFinding': async (thread) => (await this.#reviewComments()).resolve(thread),
      'sluice.dismissFinding': async (thread) => (await this.#reviewComments()).dismiss(thread),
      'sluice.clearReview': async () => (await this.#reviewComments()).clear(),
      'sluice.writeTests': async () => (await this.#writeBeside()).writeTests(),
      'sluice.translate': async (to) => (await this.#writeBeside()).translate(to),
      'sluice.rewriteStronger': async (uri) => (await this.#writeBeside()).askStronger(uri),
      'sluice.proposeNames': async () => (await import('./proposeNames.ts')).proposeNames(deps),
      'sluice.writeCommitMessage': async (from) =>
        (await import('./commitMessage.ts')).writeCommitMessage(deps, from),
    };
  }

  dispose(): void {
    this.#bag.dispose();
  }

  #writeBeside(): Promise<WriteBeside> {
    this.#beside ??= import('./writeBeside.ts').then(({ WriteBeside: Beside }) =>
      this.#bag.add(new Beside(this.#deps)),
    );
    return this.#beside;
  }

  #reviewComments(): Promise<ReviewComments> {
    this.#review ??= import('./reviewComments.ts').then(({ ReviewComments: Comments }) =>
      this.#bag.add(new Comments(this.#deps)),
    );
    return this.#review;
  }
}
