/** Faults that the simulated platform plays on demand. Units: milliseconds; chunks are streamed pieces of text. */
import * as v from 'valibot';

const chunks = v.pipe(v.number(), v.integer(), v.minValue(0));
const afterChunks = v.optional(chunks, 2);
const waitSeconds = v.optional(v.pipe(v.number(), v.minValue(0)));

const FaultSchema = v.variant('kind', [
  /** Lets a request pass, so that a sequence can name the one after it. */
  v.object({ kind: v.literal('none') }),
  /** Status 429; without `retryAfterS` there is no `Retry-After`. */
  v.object({ kind: v.literal('rate-limited'), retryAfterS: waitSeconds }),
  /** Status 529, or 503 where OpenAI is spoken. */
  v.object({ kind: v.literal('overloaded'), retryAfterS: waitSeconds }),
  v.object({ kind: v.literal('server-error'), status: v.optional(v.picklist([500, 502, 503, 504]), 500) }),
  /** Any other refusal, with the words and names that the real platform uses. */
  v.object({
    kind: v.literal('http-error'),
    status: v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(599)),
    type: v.optional(v.string(), 'invalid_request_error'),
    code: v.optional(v.string()),
    message: v.optional(v.string(), 'Simulated error.'),
  }),
  v.object({ kind: v.literal('slow-first-token'), delayMs: v.pipe(v.number(), v.minValue(0)) }),
  /** The socket is destroyed. */
  v.object({ kind: v.literal('cut'), afterChunks }),
  /** The stream ends in good order but without its last event. */
  v.object({ kind: v.literal('early-end'), afterChunks }),
  /** An event whose data is not JSON, or lacks what it must have. */
  v.object({
    kind: v.literal('malformed'),
    afterChunks,
    how: v.optional(v.picklist(['not-json', 'missing-fields']), 'not-json'),
  }),
  /** Events and fields that the protocol does not know (yet): a client has to pass over them. */
  v.object({ kind: v.literal('strange-events') }),
  v.object({ kind: v.literal('html'), status: v.optional(v.pipe(v.number(), v.integer()), 200) }),
  /** Status 200 with an empty body. */
  v.object({ kind: v.literal('empty') }),
  v.object({ kind: v.literal('refusal') }),
  /** These words instead of an answer of its own. */
  v.object({ kind: v.literal('say'), text: v.string() }),
  /** A call of this tool, whether or not it was offered. */
  v.object({
    kind: v.literal('call-tool'),
    name: v.string(),
    input: v.optional(v.record(v.string(), v.unknown()), {}),
  }),
  v.object({ kind: v.literal('length'), afterChunks }),
  v.object({
    kind: v.literal('error-event'),
    afterChunks,
    type: v.optional(v.string(), 'overloaded_error'),
    code: v.optional(v.string()),
  }),
  /** Says nothing more, ever; without `afterChunks` not even headers. */
  v.object({ kind: v.literal('hang'), afterChunks: v.optional(chunks) }),
  v.object({ kind: v.literal('no-usage') }),
  /** Other numbers than the true ones, for example some that no counter can show. */
  v.object({
    kind: v.literal('usage'),
    input: v.number(),
    output: v.number(),
    cacheRead: v.optional(v.number(), 0),
    cacheWrite: v.optional(v.number(), 0),
    reasoning: v.optional(v.number(), 0),
  }),
]);

export type Fault = v.InferOutput<typeof FaultSchema>;

const WIRES = ['messages', 'chat', 'responses', 'models', 'count-tokens'] as const;

/** What a request asks for: one of the three protocols' answers, or a side question. */
export type SimulatedWire = (typeof WIRES)[number];

/** What a step can be matched with. */
export interface SeenRequest {
  readonly wire: SimulatedWire;
  /** Empty where the request names none. */
  readonly model: string;
}

const StepSchema = v.object({
  match: v.optional(v.object({ wire: v.optional(v.picklist(WIRES)), model: v.optional(v.string()) })),
  fault: FaultSchema,
  /** How many requests it is for. */
  times: v.optional(v.union([v.pipe(v.number(), v.integer(), v.minValue(1)), v.literal('always')]), 1),
});

type Matcher = v.InferOutput<typeof StepSchema>['match'] | ((seen: SeenRequest) => boolean);

/** One step of a script; absent `match` fits every request, absent `times` is once. */
export interface ScriptStep {
  readonly match?: Matcher;
  readonly fault: v.InferInput<typeof FaultSchema>;
  readonly times?: number | 'always';
}

interface LiveStep {
  readonly match: Matcher;
  readonly fault: Fault;
  left: number;
}

/** Throws valibot's error when `json` is not a list of steps. */
export function parseScript(json: unknown): readonly ScriptStep[] {
  return v.parse(v.array(StepSchema), json).map(({ match, fault, times }) => ({
    fault,
    times,
    ...(match === undefined ? {} : { match }),
  }));
}

/** A list of steps; each request takes the first one that fits and has turns left. */
export class Script {
  #steps: LiveStep[] = [];

  /** Replaces what is left of the one before. */
  load(steps: readonly ScriptStep[]): void {
    this.#steps = steps.map(({ match, fault, times = 1 }) => ({
      match,
      fault: v.parse(FaultSchema, fault),
      left: times === 'always' ? Number.POSITIVE_INFINITY : times,
    }));
  }

  next(seen: SeenRequest): Fault {
    const step = this.#steps.find(({ match, left }) => left > 0 && fits(match, seen));
    if (step === undefined) return { kind: 'none' };
    step.left--;
    return step.fault;
  }
}

function fits(match: Matcher, seen: SeenRequest): boolean {
  if (match === undefined) return true;
  if (typeof match === 'function') return match(seen);
  return (match.wire ?? seen.wire) === seen.wire && (match.model ?? seen.model) === seen.model;
}
