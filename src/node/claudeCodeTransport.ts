/**
 * Claude Code as a platform: the person's own, unmodified `claude` program, asked over its documented stream of JSON.
 * Its login is its own business: no credential is read here, none is passed. Units: milliseconds.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Clock } from '../base/clock.ts';
import { SluiceError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { ModelCall, ModelEvent, ModelTransport, PlatformCheck } from '../flow/transport.ts';
import type { LimitReading } from '../quota/limitReading.ts';
import { claudeEnvironment, type Effort } from './claudeCodeArguments.ts';
import { runClaude } from './claudeCodeCommand.ts';
import { readUsageReply } from './claudeCodeLimits.ts';
import { ClaudePool } from './claudeCodePool.ts';
import { ClaudeSession, type ClaudeSessionDeps } from './claudeCodeSession.ts';
import { type SdkAttempt, SdkAttempts } from './sdkAttempt.ts';

export interface ClaudeCodeDeps {
  /** Names the platform in errors. */
  readonly platform: string;
  /** As `findClaude` found it. */
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
  /** The longest silence: to the first message, and between two. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Absent: the program's own default for the model. */
  readonly effort?: Effort;
  /** Most processes at a time; 2 when absent. Further requests wait. */
  readonly maxProcesses?: number;
  /** How long a process is kept without a request; 10 minutes when absent. */
  readonly idleMs?: number;
  /** Told after each answer to a subscription: its events come too late for `start`. */
  readonly onLimits?: (readings: readonly LimitReading[]) => void;
}

/** Stands for another one in the program's list. */
const DEFAULT_MODEL = 'default';
const STATUS_TIMEOUT_MS = 10_000;
const IDLE_MS = 10 * 60_000;

const StatusSchema = v.object({ loggedIn: v.boolean() });
const InitializedSchema = v.object({
  models: v.array(
    v.object({ value: v.string(), resolvedModel: v.fallback(v.optional(v.string()), undefined) }),
  ),
});

export class ClaudeCodeTransport implements ModelTransport {
  readonly #deps: ClaudeCodeDeps;
  readonly #attempts: SdkAttempts;
  readonly #pool: ClaudePool;
  readonly #env: NodeJS.ProcessEnv;
  #folder: string | undefined;
  #limits: readonly LimitReading[] = [];

  constructor(deps: ClaudeCodeDeps) {
    const { platform, clock, timeoutMs, maxProcesses = 2, idleMs = IDLE_MS } = deps;
    this.#deps = deps;
    this.#env = claudeEnvironment(deps.env);
    // There is no key here; the attempts only refuse an empty one.
    this.#attempts = new SdkAttempts({ platform, apiKey: 'none', timeoutMs, clock });
    this.#pool = new ClaudePool({
      platform,
      maxProcesses,
      idleMs,
      clock,
      start: (onDead) => new ClaudeSession(this.#sessionDeps(), onDead),
    });
  }

  /** Processes that are running now. */
  get pids(): readonly number[] {
    return this.#pool.pids;
  }

  /** Starts a process ahead of the first request, which then need not wait for it. Throws as `stream` does. */
  warm(signal: AbortSignal): Promise<void> {
    return this.#attempts.once(signal, async (attempt) => {
      this.#pool.release(await this.#pool.acquire(attempt.signal));
    });
  }

  stream(call: ModelCall, signal: AbortSignal): AsyncIterable<ModelEvent> {
    return this.#attempts.stream(call.model, signal, (attempt) => this.#run(call, attempt));
  }

  /** Asks the program itself: whether it is logged in, and which models it offers. Throws `not-logged-in` as well. */
  check(signal: AbortSignal): Promise<PlatformCheck> {
    return this.#attempts.once(signal, async (attempt) => {
      await this.#assertLoggedIn(attempt.signal);
      const body = await this.#control({ subtype: 'initialize' }, attempt.signal);
      const parsed = v.safeParse(InitializedSchema, body);
      const models = parsed.success ? parsed.output.models : [];
      const names = models.map(({ value, resolvedModel }) => resolvedModel ?? value);
      return { models: [...new Set(names)].filter((name) => name !== DEFAULT_MODEL) };
    });
  }

  /** Makes the program ask Anthropic: once a machine, not once a window. None without a subscription. */
  readLimits(signal: AbortSignal): Promise<readonly LimitReading[]> {
    return this.#attempts.once(signal, async (attempt) => {
      const body = await this.#control({ subtype: 'get_usage', skip_behaviors: true }, attempt.signal);
      return readUsageReply(body, this.#deps.clock.now());
    });
  }

  dispose(): void {
    this.#attempts.dispose();
    this.#pool.dispose();
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = undefined;
  }

  async *#run(call: ModelCall, attempt: SdkAttempt): AsyncGenerator<ModelEvent> {
    const { signal } = attempt;
    const session = await this.#pool.acquire(signal);
    try {
      for await (const event of session.ask(call, { signal, alive: () => attempt.alive() })) {
        if (event.kind === 'end') attempt.complete();
        yield event;
      }
    } finally {
      this.#pool.release(session);
    }
  }

  async #control(request: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<unknown> {
    const session = await this.#pool.acquire(signal);
    try {
      return await session.request(request, signal);
    } finally {
      this.#pool.release(session);
    }
  }

  /** A version that cannot tell is believed: the first request will say it. */
  async #assertLoggedIn(signal: AbortSignal): Promise<void> {
    const { platform, program, clock } = this.#deps;
    const args = ['auth', 'status', '--json'];
    const command = { program, args, env: this.#env, clock, timeoutMs: STATUS_TIMEOUT_MS };
    const { stdout } = await runClaude(command, signal);
    const status = v.safeParse(v.pipe(v.string(), v.parseJson(), StatusSchema), stdout);
    if (status.success && !status.output.loggedIn) throw new SluiceError('not-logged-in', { platform });
  }

  #sessionDeps(): ClaudeSessionDeps {
    const { platform, program, effort, timeoutMs, clock, log, onLimits } = this.#deps;
    this.#folder ??= mkdtempSync(join(tmpdir(), 'sluice-claude-'));
    return {
      ...{ platform, program, timeoutMs, clock, log },
      ...(effort === undefined ? {} : { effort }),
      cwd: this.#folder,
      env: this.#env,
      limits: () => this.#limits,
      onLimits: (readings) => {
        if (readings.length === 0) return;
        this.#limits = readings;
        onLimits?.(readings);
      },
    };
  }
}
