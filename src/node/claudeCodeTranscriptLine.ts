/**
 * One line of a Claude Code transcript: who answered and what it used, never what was said. Fields measured with
 * 2.1.329. Units: epoch milliseconds, tokens.
 */
import * as v from 'valibot';
import type { TokenUsage } from '../base/task.ts';
import { anthropicUsage, readAnthropicCounters } from './sdkUsage.ts';

export interface TranscriptUse {
  /** Of message and request: an answer has one line for each of its blocks, and copies in other files. */
  readonly id: string;
  readonly atMs: number;
  readonly model: string;
  /** The line is of a subagent's conversation; its copy in the main one is the better witness. */
  readonly sidechain: boolean;
  readonly usage: TokenUsage;
}

const Id = v.pipe(v.string(), v.minLength(1), v.maxLength(200));

const LineSchema = v.object({
  type: v.literal('assistant'),
  timestamp: v.string(),
  uuid: v.fallback(v.optional(Id), undefined),
  requestId: v.fallback(v.optional(Id), undefined),
  isSidechain: v.fallback(v.boolean(), false),
  isApiErrorMessage: v.fallback(v.boolean(), false),
  message: v.object({
    id: v.fallback(v.optional(Id), undefined),
    model: v.pipe(Id, v.notValue('<synthetic>')),
    usage: v.unknown(),
  }),
});

const ANSWERS = Buffer.from('"assistant"');
const USES = Buffer.from('"usage"');

/** Undefined for every line that is no answer of a model, garbage among them. */
export function readTranscriptLine(line: Buffer): TranscriptUse | undefined {
  // Most of a transcript is files that were read: finding these two words is 100 times faster than parsing.
  if (!line.includes(ANSWERS) || !line.includes(USES)) return undefined;
  const parsed = v.safeParse(LineSchema, parse(line));
  if (!parsed.success || parsed.output.isApiErrorMessage) return undefined;
  const { timestamp, requestId, uuid, isSidechain: sidechain, message } = parsed.output;
  const id = message.id ?? uuid;
  const atMs = Date.parse(timestamp);
  const counters = readAnthropicCounters(message.usage);
  const usage = counters === undefined ? undefined : anthropicUsage(counters);
  if (id === undefined || Number.isNaN(atMs) || usage === undefined) return undefined;
  return { id: `${id} ${requestId ?? ''}`, atMs, model: message.model, sidechain, usage };
}

function parse(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'));
  } catch {
    return undefined;
  }
}
