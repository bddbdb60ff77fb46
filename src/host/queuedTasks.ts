/** Questions that wait for their limit: asked in the background when there is room, listed, and shown when answered. */
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import { SluiceError } from '../base/errors.ts';
import { type DeferredOutcome, DeferredQueue, type ListedTask } from '../flow/deferredQueue.ts';
import { type DeferredTask, QUEUED_TASKS } from '../flow/deferredTask.ts';
import type { Pipeline } from '../flow/pipeline.ts';
import type { Platforms } from '../flow/platforms.ts';
import type { RouteRequest } from '../flow/request.ts';
import type { Quota } from '../quota/quota.ts';
import type { Answers } from './answers.ts';
import { errorWords } from './errorWords.ts';
import type { Question } from './question.ts';
import { clockTime } from './words.ts';

const t = vscode.l10n.t;

export interface QueuedTasksDeps {
  readonly pipeline: Pipeline;
  readonly answers: () => Pick<Answers, 'ask'>;
  readonly clock: Clock;
  readonly state: vscode.Memento;
  readonly labelOf: (platform: string) => string;
  /** How long the model that would answer now asks to wait; throws where none can. */
  readonly waitMs: (request: RouteRequest) => number;
  readonly platforms: Pick<Platforms, 'signature' | 'onChange'>;
  readonly quota: Pick<Quota, 'onChange'>;
}

/** Whose model is gone waits on. */
function waitNow(request: RouteRequest, { waitMs }: QueuedTasksDeps): number | undefined {
  try {
    return waitMs(request);
  } catch (error) {
    if (SluiceError.any(error)) return undefined;
    throw error;
  }
}

async function tellUnkept(error: unknown): Promise<void> {
  const why = error instanceof Error ? error.message : String(error);
  const words = t(
    'Your queued tasks could not be kept ({0}). They are asked while this window is open, and are lost when it closes.',
    why,
  );
  await vscode.window.showWarningMessage(words);
}

export class QueuedTasks implements Disposable {
  readonly #deps: QueuedTasksDeps;
  readonly #bag = new DisposableBag();
  readonly #queue: DeferredQueue;

  constructor(deps: QueuedTasksDeps) {
    this.#deps = deps;
    const { state } = deps;
    this.#queue = this.#bag.add(
      new DeferredQueue({
        clock: deps.clock,
        store: {
          read: () => state.get(QUEUED_TASKS),
          // Nothing is left behind when the last one is done.
          write: (tasks) => state.update(QUEUED_TASKS, tasks.length === 0 ? undefined : tasks),
        },
        onUnkept: (error) => void tellUnkept(error),
        newId: () => crypto.randomUUID(),
        run: ({ request }, signal) => deps.pipeline.run(request, () => undefined, signal),
        room: {
          waitMs: (request) => waitNow(request, deps),
          models: () => deps.platforms.signature,
          onChange: (listener) => {
            const bag = new DisposableBag();
            for (const source of [deps.quota, deps.platforms]) bag.add(source.onChange(listener));
            return bag;
          },
        },
      }),
    );
    this.#bag.add(this.#queue.onSettled((outcome) => void this.#tell(outcome)));
  }

  get list(): readonly ListedTask[] {
    return this.#queue.list();
  }

  /** Resolves once it is kept, or the person was told that it is not. Undefined: the queue is full, and the person was told. */
  async add(
    { title, subtitle, notices, request }: Question,
    dueAtMs: number,
  ): Promise<DeferredTask | undefined> {
    const task = this.#queue.add({ title, subtitle, notices, request }, dueAtMs);
    if (task === undefined) {
      void vscode.window.showWarningMessage(
        t('The queue is full. Run or cancel a queued task first (Sluice: Show Queued Tasks…).'),
      );
    }
    await this.#queue.kept();
    return task;
  }

  /** Resolves when nothing is being written any more. */
  async kept(): Promise<void> {
    await this.#queue.kept();
  }

  cancel(id: string): void {
    this.#queue.remove(id);
  }

  /** Resolves with the id of the task that something was done with. */
  async show(): Promise<string | undefined> {
    const tasks = this.#queue.list();
    if (tasks.length === 0) {
      void vscode.window.showInformationMessage(t('No task is queued.'));
      return undefined;
    }
    const items = tasks.map((task) => ({
      label: task.title,
      description: this.#stepWords(task),
      detail: task.subtitle,
      task,
    }));
    const picked = await vscode.window.showQuickPick(items, { title: t('Sluice: Queued Tasks') });
    return picked && this.#act(picked.task);
  }

  dispose(): void {
    this.#bag.dispose();
  }

  async #act(task: ListedTask): Promise<string | undefined> {
    const run = { label: t('Run Now'), act: () => this.#queue.runNow(task.id) };
    const open = { label: t('Show Answer'), act: () => this.#open(task) };
    const cancel = { label: t('Cancel'), act: () => this.cancel(task.id) };
    const items =
      task.step === 'answered' ? [open, cancel] : task.step === 'running' ? [cancel] : [run, cancel];
    const picked = await vscode.window.showQuickPick(items, { title: task.title });
    picked?.act();
    return picked && task.id;
  }

  /** The answer comes from the cache; only one that could not be kept is asked for anew. */
  #open({ id, title, subtitle, notices, request }: DeferredTask): void {
    this.#queue.remove(id);
    void this.#deps.answers().ask({ title, subtitle, notices, request: { ...request, freshness: 'cached' } });
  }

  async #tell(outcome: DeferredOutcome): Promise<void> {
    const { kind, task } = outcome;
    if (kind === 'put-off') return;
    if (kind === 'answered') {
      const show = t('Show Answer');
      const words = t('Your queued task is answered: {0}', `${task.title}, ${task.subtitle}`);
      if ((await vscode.window.showInformationMessage(words, show)) === show) this.#open(task);
      return;
    }
    const { error } = outcome;
    const why = SluiceError.any(error)
      ? errorWords(error, this.#deps.labelOf)
      : t('Something in Sluice failed. Its log says more.');
    const again = t('Run Now');
    const words = t('Your queued task failed and stays in the queue. {0}', why);
    if ((await vscode.window.showWarningMessage(words, again)) === again) this.#queue.runNow(task.id);
  }

  #stepWords({ step, dueAtMs }: ListedTask): string {
    if (step === 'running') return t('running');
    if (step === 'answered') return t('answered');
    if (step === 'ready') return t('waits for you');
    return t('at {0}', clockTime(dueAtMs, this.#deps.clock.now()));
  }
}
