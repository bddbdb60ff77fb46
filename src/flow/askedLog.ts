/**
 * What is asked again and again, and what is usually asked next about the same code: learned from the person's own
 * requests, bounded, kept on this machine only. Times are wall-clock milliseconds.
 */
import { TASK_TYPES, type TaskType } from '../base/task.ts';
import { record } from '../base/unknown.ts';
import { parseRequest } from './deferredTask.ts';
import type { RouteRequest } from './request.ts';

export interface FrequentRequest {
  readonly key: string;
  readonly request: RouteRequest;
}

interface Asked {
  readonly request: RouteRequest;
  readonly times: number;
  readonly lastMs: number;
}

/** A request without its code. */
interface Shape {
  readonly task: TaskType;
  readonly instruction: string;
  readonly form?: 'edit';
}

const MOST_REQUESTS = 100;
const MOST_CHARS = 500_000;
const LONGEST_CODE = 20_000;
const MOST_SHAPES = 100;
const MOST_NEXT = 8;
/** Asked so often, it is asked often. */
const FREQUENT_TIMES = 3;
const FREQUENT_WITHIN_MS = 3 * 86_400_000;
/** What comes later than this is no answer to what came before. */
const NEXT_WITHIN_MS = 15 * 60_000;
/** Seen so often, and in so many cases out of all: then it is likely. */
const LIKELY_TIMES = 2;
const LIKELY_SHARE = 0.25;
/** A habit loses half its weight after this many further steps from the same request. */
const KEEP_PER_STEP = 0.5 ** (1 / 30);

export class AskedLog {
  readonly #asked = new Map<string, Asked>();
  readonly #steps = new Map<string, Map<string, number>>();
  #last: { readonly shape: string; readonly about: string; readonly atMs: number } | undefined;

  /** `raw`: what `toJSON` gave, as it came back from a store; what cannot be used of it is forgotten. */
  constructor(raw?: unknown) {
    const { asked, steps } = record(raw);
    for (const [key, row] of rows(asked).slice(-MOST_REQUESTS)) {
      const { request, times, lastMs } = record(row);
      const parsed = parseRequest(request);
      if (parsed && isCount(times) && isCount(lastMs))
        this.#asked.set(key, { request: parsed, times, lastMs });
    }
    for (const [from, next] of rows(steps).slice(-MOST_SHAPES)) {
      const known = Object.entries(record(next)).filter((one): one is [string, number] => isCount(one[1]));
      if (shapeOf(from)) this.#steps.set(from, new Map(known.slice(0, MOST_NEXT)));
    }
  }

  note(request: RouteRequest, key: string, atMs: number): void {
    if (!repeats(request)) return;
    // What an experiment did to it is none of its own.
    const { trial: _trial, ...plain } = request;
    const { times = 0 } = this.#asked.get(key) ?? {};
    this.#asked.delete(key);
    if ((request.code?.text.length ?? 0) <= LONGEST_CODE)
      this.#asked.set(key, { request: { ...plain, freshness: 'cached' }, times: times + 1, lastMs: atMs });
    this.#shrink();
    const now = { shape: shapeText(request), about: aboutOf(request), atMs };
    const before = this.#last;
    if (before?.about === now.about && atMs - before.atMs <= NEXT_WITHIN_MS && before.shape !== now.shape)
      this.#step(before.shape, now.shape);
    this.#last = now;
  }

  /** The most frequent of the last days, at most `count`. */
  frequent(count: number, nowMs: number): FrequentRequest[] {
    return [...this.#asked]
      .filter(([, { times, lastMs }]) => times >= FREQUENT_TIMES && nowMs - lastMs <= FREQUENT_WITHIN_MS)
      .sort(([, a], [, b]) => b.times - a.times || b.lastMs - a.lastMs)
      .slice(0, count)
      .map(([key, { request }]) => ({ key, request }));
  }

  /** What is likely to be asked next about the same code, likeliest first, at most `count`. */
  next(request: RouteRequest, count: number): RouteRequest[] {
    const steps = repeats(request) ? this.#steps.get(shapeText(request)) : undefined;
    if (steps === undefined) return [];
    const all = [...steps.values()].reduce((sum, times) => sum + times, 0);
    return [...steps]
      .filter(([, times]) => times > LIKELY_TIMES - 0.5 && times >= LIKELY_SHARE * all)
      .sort(([, a], [, b]) => b - a)
      .slice(0, count)
      .flatMap(([text]) => {
        const shape = shapeOf(text);
        const { form: _form, trial: _trial, ...rest } = request;
        return shape ? [{ ...rest, ...shape, freshness: 'cached' as const }] : [];
      });
  }

  clear(): void {
    this.#asked.clear();
    this.#steps.clear();
    this.#last = undefined;
  }

  toJSON() {
    const steps = [...this.#steps].map(([from, next]) => [from, Object.fromEntries(next)] as const);
    return { asked: Object.fromEntries(this.#asked), steps: Object.fromEntries(steps) };
  }

  #step(from: string, to: string): void {
    const known = this.#steps.get(from) ?? new Map<string, number>();
    this.#steps.delete(from);
    this.#steps.set(from, known);
    for (const [shape, times] of known) known.set(shape, times * KEEP_PER_STEP);
    known.set(to, (known.get(to) ?? 0) + 1);
    if (known.size > MOST_NEXT) known.delete(rarest(known));
    const [oldest] = this.#steps.keys();
    if (this.#steps.size > MOST_SHAPES && oldest !== undefined) this.#steps.delete(oldest);
  }

  #shrink(): void {
    let chars = [...this.#asked.values()].reduce((sum, { request }) => sum + charsOf(request), 0);
    for (const [key, { request }] of this.#asked) {
      if (this.#asked.size <= MOST_REQUESTS && chars <= MOST_CHARS) return;
      this.#asked.delete(key);
      chars -= charsOf(request);
    }
  }
}

/** Others belong to a talk, or to one model, or to one answer that was not good enough. */
function repeats({ conversation, history = [], strongerThan, model, helper }: RouteRequest): boolean {
  return (
    [conversation, strongerThan, model, helper].every((one) => one === undefined) && history.length === 0
  );
}

function aboutOf({ code }: RouteRequest): string {
  return JSON.stringify([code?.language, code?.fileName, code?.text]);
}

function shapeText({ task, instruction, form }: RouteRequest): string {
  return JSON.stringify([task, instruction.trim(), form ?? '']);
}

function shapeOf(text: string): Shape | undefined {
  try {
    const [task, instruction, form]: unknown[] = JSON.parse(text);
    const known = TASK_TYPES.find((type) => type === task);
    if (known === undefined || typeof instruction !== 'string') return undefined;
    return { task: known, instruction, ...(form === 'edit' ? { form } : {}) };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

function rarest(steps: ReadonlyMap<string, number>): string {
  return [...steps].reduce((least, one) => (one[1] < least[1] ? one : least))[0];
}

function charsOf({ instruction, code }: RouteRequest): number {
  const { text = '', before = '', after = '' } = code ?? {};
  return instruction.length + text.length + before.length + after.length;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

const rows = (raw: unknown) => Object.entries(record(raw));
