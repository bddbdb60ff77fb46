/**
 * One `claude` process that answers one request at a time, each in an empty conversation: after a request it is told
 * `/clear`, which takes it 20 ms while nobody waits. Units: milliseconds, tokens.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { SluiceError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { ModelCall, ModelEvent } from '../flow/transport.ts';
import type { LimitReading } from '../quota/limitReading.ts';
import { claudeArguments, type Effort } from './claudeCodeArguments.ts';
import { Inbox } from './claudeCodeInbox.ts';
import { readLimitEvent } from './claudeCodeLimits.ts';
import { type ClaudeMessage, readClaudeLine } from './claudeCodeMessages.ts';
import { ClaudeProcess } from './claudeCodeProcess.ts';
import { claudePrompt } from './claudeCodePrompt.ts';
import { ClaudeTurn } from './claudeCodeTurn.ts';
import { badResponse } from './sdkErrors.ts';

export interface ClaudeSessionDeps {
  readonly platform: string;
  readonly program: string;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly effort?: Effort;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly onLimits: (readings: readonly LimitReading[]) => void;
  readonly limits: () => readonly LimitReading[];
}

export interface AskOptions {
  readonly signal: AbortSignal;
  /** Called at each message, before it is read; what it throws ends the turn. */
  readonly alive: () => void;
}

/** How a turn was left; what is `over` has told its result, what is `answered` is about to. */
type Left = 'unsent' | 'running' | 'answered' | 'over';

/** It starts in 0.4 s; on a busy machine in a few seconds. */
const START_MS = 30_000;
/** To stop what it does and forget it takes 30 ms; one that needs longer is replaced. */
const REST_MS = 5_000;
/** The program lets its models think, which counts as output: an answer of a few words must not run out of room. */
const THINKING_TOKENS = 8_192;
/** Rounded up, so that most requests need not be announced. */
const TOKEN_STEP = 4_096;
/** Lines in one turn that are no message: a warning or two of a program around it, but not more. */
const MAX_GARBAGE_LINES = 50;

export class ClaudeSession implements Disposable {
  readonly #deps: ClaudeSessionDeps;
  readonly #inbox = new Inbox<ClaudeMessage>();
  readonly #process: ClaudeProcess;
  readonly #onDead: (session: ClaudeSession) => void;
  #ready: Promise<void>;
  #clean = false;
  #dead = false;
  #garbage = 0;
  #requests = 0;
  #keySource = '';
  #applied = '';

  constructor(deps: ClaudeSessionDeps, onDead: (session: ClaudeSession) => void) {
    const { platform, program, cwd, env, effort, clock } = deps;
    this.#deps = deps;
    this.#onDead = onDead;
    const args = claudeArguments(effort);
    const onLine = (line: string) => this.#read(line);
    const onEnd = (cause: string) => {
      const gone = /^(ENOENT|EACCES|ENOEXEC)$/.test(cause);
      const why = cause === 'ENOENT' ? 'not-found' : 'not-executable';
      this.#die(
        gone
          ? new SluiceError('program-missing', { platform, program, why })
          : new SluiceError('network', { platform, cause }),
      );
    };
    this.#process = new ClaudeProcess({ program, args, cwd, env, clock, onLine, onEnd });
    this.#ready = this.#within(START_MS, () => this.#clear());
    // Whoever asks for it hears of it; a start that nobody waits for fails in silence.
    this.#ready.catch((error: unknown) => this.#die(error));
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** True while a request would be sent at once. */
  get clean(): boolean {
    return this.#clean;
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** Resolves when it can be asked; rejects with what it died of. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  /** To be called when `ready`, and to be read or left before the next call. */
  async *ask(call: ModelCall, { signal, alive }: AskOptions): AsyncGenerator<ModelEvent> {
    const { platform, timeoutMs, clock } = this.#deps;
    this.#clean = false;
    this.#garbage = 0;
    const limits = this.#deps.limits();
    const context = { platform, model: call.model, keySource: this.#keySource, timeoutMs, limits };
    const turn = new ClaudeTurn({ ...context, now: () => clock.now() });
    let left: Left = 'unsent';
    try {
      await this.#apply(call, signal);
      this.#process.send(userMessage(claudePrompt(call)));
      left = 'running';
      while (left === 'running') {
        const message = await this.#next(turn.streaming, signal);
        alive();
        if (message.kind === 'result') left = 'over';
        for (const event of turn.read(message)) {
          // Other endings than a complete one make it go on by itself.
          if (event.kind === 'end' && event.stop === 'complete') left = 'answered';
          yield event;
          if (event.kind === 'end') return;
        }
      }
    } finally {
      this.#rest(left);
    }
  }

  /** The answer to a control request; undefined when this version does not know it. */
  async request(request: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<unknown> {
    const id = `sluice-${++this.#requests}`;
    this.#process.send({ type: 'control_request', request_id: id, request });
    for (;;) {
      const message = await this.#inbox.next(signal);
      if (message.kind === 'reply' && message.id === id) return message.ok ? (message.body ?? {}) : undefined;
    }
  }

  dispose(): void {
    this.#die(new SluiceError('network', { platform: this.#deps.platform, cause: 'transport-closed' }));
  }

  /** Model and length of the answer, where they differ from the last request's: takes 13 to 40 ms. */
  async #apply({ model, maxOutputTokens }: ModelCall, signal: AbortSignal): Promise<void> {
    const most = Math.ceil((maxOutputTokens + THINKING_TOKENS) / TOKEN_STEP) * TOKEN_STEP;
    const wanted = `${model} ${most}`;
    if (wanted === this.#applied) return;
    this.#applied = '';
    const env = { CLAUDE_CODE_MAX_OUTPUT_TOKENS: String(most) };
    const reply = await this.request({ subtype: 'apply_flag_settings', settings: { model, env } }, signal);
    if (reply === undefined) throw badResponse(this.#deps.platform, 'this version cannot change its model');
    this.#applied = wanted;
  }

  async #next(streaming: boolean, signal: AbortSignal): Promise<ClaudeMessage> {
    try {
      return await this.#inbox.next(signal);
    } catch (error) {
      const { platform } = this.#deps;
      if (streaming && SluiceError.is(error, 'network')) throw new SluiceError('cut-stream', { platform });
      throw error;
    }
  }

  /** Makes ready for the next request; dies when that takes too long. */
  #rest(left: Left): void {
    if (this.#dead) return;
    this.#ready = this.#within(REST_MS, async () => {
      if (left === 'running') await this.#interrupt();
      else if (left === 'answered') await this.#result();
      await this.#clear();
    });
    this.#ready.catch((error: unknown) => this.#die(error));
  }

  async #interrupt(): Promise<void> {
    const id = `sluice-${++this.#requests}`;
    this.#process.send({ type: 'control_request', request_id: id, request: { subtype: 'interrupt' } });
    let replied = false;
    for (let over = false; !(replied && over); ) {
      const message = await this.#inbox.next();
      over ||= message.kind === 'result';
      replied ||= message.kind === 'reply' && message.id === id;
    }
  }

  async #result(): Promise<void> {
    for (;;) if ((await this.#inbox.next()).kind === 'result') return;
  }

  /** Only a result that comes after the reset is the one of `/clear`. */
  async #clear(): Promise<void> {
    this.#process.send(userMessage('/clear'));
    for (let reset = false; ; ) {
      const { kind } = await this.#inbox.next();
      reset ||= kind === 'reset';
      if (kind !== 'result') continue;
      if (reset) break;
      throw badResponse(this.#deps.platform, 'this version cannot begin anew');
    }
    this.#clean = true;
  }

  async #within(limitMs: number, run: () => Promise<void>): Promise<void> {
    const { platform, clock } = this.#deps;
    const late = new SluiceError('timeout', { platform, afterMs: limitMs });
    const timer = clock.after(limitMs, () => this.#die(late));
    try {
      await run();
    } finally {
      timer.dispose();
    }
  }

  #read(line: string): void {
    const message = readClaudeLine(line);
    if (message === undefined) {
      if (++this.#garbage > MAX_GARBAGE_LINES)
        this.#die(badResponse(this.#deps.platform, 'not its protocol'));
      return;
    }
    if (message.kind === 'init') this.#keySource = message.keySource;
    if (message.kind === 'limits') {
      this.#deps.onLimits(readLimitEvent(message.info, this.#deps.clock.now()));
    }
    this.#inbox.push(message);
  }

  #die(reason: unknown): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#clean = false;
    const code = SluiceError.any(reason) ? reason.code : 'unknown';
    this.#deps.log.debug('claude ended', { code, garbage: this.#garbage });
    this.#inbox.fail(reason);
    this.#process.dispose();
    this.#onDead(this);
  }
}

function userMessage(content: unknown) {
  return { type: 'user', message: { role: 'user', content } };
}
