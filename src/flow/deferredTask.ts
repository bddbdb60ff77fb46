/**
 * A question that waits for its limit: what was asked, and when there is room for it. It is kept on this machine only,
 * with its code, until it is done. Wall clock, milliseconds.
 */
import { PRIORITIES, TASK_TYPES } from '../base/task.ts';
import { record } from '../base/unknown.ts';
import type { CodeContext, RouteRequest } from './request.ts';

export interface DeferredTask {
  readonly id: string;
  readonly title: string;
  readonly subtitle: string;
  readonly notices: readonly string[];
  readonly request: RouteRequest;
  readonly queuedAtMs: number;
  /** It is asked by itself from here on; for `ready` by the person only. */
  readonly dueAtMs: number;
  /** How often it was asked in vain. */
  readonly tries: number;
  readonly state: 'waiting' | 'ready';
}

/** Where they are kept: in the workspace's own storage; a window of another folder does not see them. */
export const QUEUED_TASKS = 'sluice.queuedTasks';
export const MOST_TASKS = 20;
/** Of code and instructions in all: a store of VS Code's is no place for more. */
export const MOST_CHARS = 1_000_000;

/** What can be used of a store; the rest is left out. */
export function parseDeferredTasks(raw: unknown): DeferredTask[] {
  return (Array.isArray(raw) ? raw : []).slice(0, MOST_TASKS).flatMap((row) => parseTask(row) ?? []);
}

export function charsOf(tasks: readonly Pick<DeferredTask, 'request'>[]): number {
  return tasks.reduce(
    (sum, { request }) => sum + request.instruction.length + (request.code?.text.length ?? 0),
    0,
  );
}

function parseTask(raw: unknown): DeferredTask | undefined {
  const { id, title, subtitle, notices, request, queuedAtMs, dueAtMs, tries, state } = record(raw);
  const asked = parseRequest(request);
  if (typeof id !== 'string' || typeof title !== 'string' || typeof subtitle !== 'string') return undefined;
  if (!isMoment(queuedAtMs) || !isMoment(dueAtMs) || asked === undefined) return undefined;
  return {
    id,
    title,
    subtitle,
    notices: strings(notices),
    request: asked,
    queuedAtMs,
    dueAtMs,
    tries: typeof tries === 'number' && tries >= 0 ? tries : 0,
    state: state === 'ready' ? 'ready' : 'waiting',
  };
}

/** What a request needs is looked at; what else it may say is taken as it was stored. */
export function parseRequest(raw: unknown): RouteRequest | undefined {
  const known = record(raw);
  const task = TASK_TYPES.find((type) => type === known.task);
  const priority = PRIORITIES.find((one) => one === known.priority);
  const { instruction, freshness, code } = known;
  if (task === undefined || priority === undefined || typeof instruction !== 'string') return undefined;
  if (code !== undefined && !isCode(code)) return undefined;
  const asked = { ...known, task, priority, instruction };
  return { ...asked, freshness: freshness === 'fresh' ? 'fresh' : 'cached' };
}

function isCode(raw: unknown): raw is CodeContext {
  const { language, text, problems, cutChars } = record(raw);
  if (typeof language !== 'string' || typeof text !== 'string' || typeof cutChars !== 'number') return false;
  return Array.isArray(problems) && problems.every((problem) => typeof problem === 'string');
}

function strings(raw: unknown): string[] {
  return (Array.isArray(raw) ? raw : []).filter((text): text is string => typeof text === 'string');
}

function isMoment(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
