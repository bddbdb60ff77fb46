/**
 * Questions that wait until their limit has room: asked one after the other when their time has come, or earlier when
 * there is room again, put off when the limit says so, and kept in a store until they are shown or cancelled. Wall clock,
 * milliseconds.
 */
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import { SluiceError } from '../base/errors.ts';
import { Emitter } from '../base/event.ts';
import { type Throttled, throttle } from '../base/throttle.ts';
import { charsOf, type DeferredTask, MOST_CHARS, MOST_TASKS, parseDeferredTasks } from './deferredTask.ts';
import { EarlyRoom, type RoomNow } from './earlyRoom.ts';
import { NewestWrite } from './newestWrite.ts';
import { roomInMs } from './retry.ts';

/** On this machine; lives longer than the window. */
export interface DeferredStore {
  read(): unknown;
  /** Rejects where they could not be kept. */
  write(tasks: readonly DeferredTask[]): PromiseLike<void>;
}

export interface DeferredDeps {
  readonly clock: Clock;
  readonly store: DeferredStore;
  /** Told once, until they are kept again: this window goes on with its tasks, and tries again. */
  readonly onUnkept: (error: unknown) => void;
  readonly newId: () => string;
  /** Resolves when the answer is there and kept; rejects as the pipeline does. */
  readonly run: (task: DeferredTask, signal: AbortSignal) => Promise<unknown>;
  /** Tells of room that came back before its time; absent: each task waits for its time. */
  readonly room?: RoomNow & { onChange(listener: () => void): Disposable };
}

/** What became of a task that was asked: `put-off` waits again, `failed` waits for the person. */
export type DeferredOutcome =
  | { readonly kind: 'answered'; readonly task: DeferredTask }
  | { readonly kind: 'put-off'; readonly task: DeferredTask }
  | { readonly kind: 'failed'; readonly task: DeferredTask; readonly error: unknown };

export type DeferredStep = 'waiting' | 'ready' | 'running' | 'answered';

export interface ListedTask extends DeferredTask {
  readonly step: DeferredStep;
}

/** A machine that slept wakes late: the clock is looked at this often. */
const LOOK_EVERY_MS = 10 * 60_000;
/** Not asked again sooner, whatever a limit says. */
const LEAST_WAIT_MS = 5_000;
const MOST_TRIES = 6;
/** Limits change with every request: what waits is looked at so often at most. */
const ROOM_EVERY_MS = 2_000;

export class DeferredQueue implements Disposable {
  readonly #deps: DeferredDeps;
  readonly #bag = new DisposableBag();
  readonly #settled = this.#bag.add(new Emitter<DeferredOutcome>());
  readonly #abort = new AbortController();
  readonly #answered = new Set<string>();
  readonly #writes: NewestWrite<readonly DeferredTask[]>;
  readonly #early: EarlyRoom | undefined;
  readonly #look: Throttled | undefined;
  #tasks: readonly DeferredTask[];
  #running: { readonly id: string; readonly abort: AbortController } | undefined;
  #timer: Disposable | undefined;
  #lookAgain: Disposable | undefined;

  constructor(deps: DeferredDeps) {
    this.#deps = deps;
    const write = (tasks: readonly DeferredTask[]) => deps.store.write(tasks);
    this.#writes = this.#bag.add(new NewestWrite({ clock: deps.clock, write, onFailure: deps.onUnkept }));
    this.#tasks = parseDeferredTasks(deps.store.read());
    const { room, clock } = deps;
    if (room) {
      this.#early = new EarlyRoom(room);
      this.#look = this.#bag.add(throttle(() => this.#lookForRoom(), ROOM_EVERY_MS, clock));
      this.#bag.add(room.onChange(() => this.#look?.request()));
    }
    this.#schedule();
  }

  onSettled(listener: (outcome: DeferredOutcome) => void): Disposable {
    return this.#settled.on(listener);
  }

  /** Resolves when no change is on its way to the store any more: whether it has all of them. After `dispose` too. */
  kept(): Promise<boolean> {
    return this.#writes.settled();
  }

  list(): ListedTask[] {
    return this.#tasks.map((task) => ({ ...task, step: this.#stepOf(task) }));
  }

  /** Undefined: the queue is full. */
  add(
    question: Pick<DeferredTask, 'title' | 'subtitle' | 'notices' | 'request'>,
    dueAtMs: number,
  ): DeferredTask | undefined {
    if (this.#tasks.length >= MOST_TASKS || charsOf([...this.#tasks, question]) > MOST_CHARS)
      return undefined;
    const { title, subtitle, notices, request } = question;
    const id = this.#deps.newId();
    const queuedAtMs = this.#deps.clock.now();
    const task: DeferredTask = {
      id,
      title,
      subtitle,
      notices,
      request,
      queuedAtMs,
      dueAtMs,
      tries: 0,
      state: 'waiting',
    };
    this.#keep([...this.#tasks, task]);
    // At once: that its limit has no room now is what later room is told by.
    this.#lookForRoom();
    return task;
  }

  /** Asks it as soon as nothing else is being asked. */
  runNow(id: string): void {
    const nowMs = this.#deps.clock.now();
    this.#answered.delete(id);
    this.#replace(id, (task) => ({ ...task, state: 'waiting', tries: 0, dueAtMs: nowMs }));
  }

  /** Forgets it: it was cancelled, or its answer has been shown. */
  remove(id: string): void {
    this.#answered.delete(id);
    if (this.#running?.id === id) this.#running.abort.abort(new DOMException('cancelled', 'AbortError'));
    this.#keep(this.#tasks.filter((task) => task.id !== id));
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#lookAgain?.dispose();
    this.#abort.abort(new DOMException('the window closes', 'AbortError'));
    this.#bag.dispose();
  }

  #stepOf({ id, state }: DeferredTask): DeferredStep {
    if (this.#running?.id === id) return 'running';
    return this.#answered.has(id) ? 'answered' : state;
  }

  #replace(id: string, change: (task: DeferredTask) => DeferredTask): DeferredTask | undefined {
    this.#keep(this.#tasks.map((task) => (task.id === id ? change(task) : task)));
    return this.#tasks.find((task) => task.id === id);
  }

  #keep(tasks: readonly DeferredTask[]): void {
    this.#tasks = tasks;
    this.#writes.put(tasks);
    this.#schedule();
  }

  #schedule(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    const next = this.#next();
    if (this.#running || this.#abort.signal.aborted || next === undefined) return;
    const waitMs = Math.max(0, next.dueAtMs - this.#deps.clock.now());
    this.#timer = this.#deps.clock.after(Math.min(waitMs, LOOK_EVERY_MS), () => {
      const due = this.#next();
      if (due && due.dueAtMs <= this.#deps.clock.now()) void this.#run(due);
      else this.#schedule();
    });
  }

  #next(): DeferredTask | undefined {
    return this.#tasks
      .filter((task) => this.#stepOf(task) === 'waiting')
      .reduce<DeferredTask | undefined>((a, b) => (a && a.dueAtMs <= b.dueAtMs ? a : b), undefined);
  }

  /** Of what waits, in the order in which it was queued. */
  #lookForRoom(): void {
    this.#lookAgain?.dispose();
    if (this.#early === undefined || this.#running || this.#abort.signal.aborted) return;
    const { clock } = this.#deps;
    const waiting = this.#tasks.filter((task) => this.#stepOf(task) === 'waiting');
    const { task, againInMs } = this.#early.look(waiting, clock.monotonic());
    if (task) void this.#run(task, task.dueAtMs > clock.now());
    else if (againInMs !== undefined) this.#lookAgain = clock.after(againInMs, () => this.#look?.request());
  }

  /** `early`: a refusal costs no try, it was only a guess. */
  async #run(task: DeferredTask, early = false): Promise<void> {
    this.#timer?.dispose();
    this.#early?.asked(task.id, this.#deps.clock.monotonic());
    const abort = new AbortController();
    this.#running = { id: task.id, abort };
    const signal = AbortSignal.any([abort.signal, this.#abort.signal]);
    try {
      await this.#deps.run(task, signal);
      this.#answered.add(task.id);
      // The answer lives as long as this window: after a reload the person decides whether to ask again.
      this.#replace(task.id, (one) => ({ ...one, state: 'ready' }));
      this.#end({ kind: 'answered', task });
    } catch (error) {
      this.#end(signal.aborted ? undefined : this.#failed(task, error, early));
    }
  }

  #end(outcome: DeferredOutcome | undefined): void {
    this.#running = undefined;
    if (this.#abort.signal.aborted) return;
    this.#schedule();
    this.#look?.request();
    const here = outcome && this.#tasks.some(({ id }) => id === outcome.task.id);
    if (outcome && here) this.#settled.fire(outcome);
  }

  #failed(task: DeferredTask, error: unknown, early: boolean): DeferredOutcome {
    const waitMs = SluiceError.any(error) ? roomInMs(error) : undefined;
    const tries = task.tries + (early && waitMs !== undefined ? 0 : 1);
    const again = waitMs !== undefined && tries < MOST_TRIES;
    const dueAtMs = this.#deps.clock.now() + Math.max(LEAST_WAIT_MS, waitMs ?? 0);
    const changed = this.#replace(task.id, (one) =>
      again ? { ...one, tries, dueAtMs } : { ...one, tries, state: 'ready' },
    );
    const now = changed ?? task;
    return again ? { kind: 'put-off', task: now } : { kind: 'failed', task: now, error };
  }
}
