/** A connection to Redis that never queues and never waits long; it comes back by itself. Units: milliseconds. */
import { Command, Redis } from 'ioredis';
import { systemClock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { ForeignBook } from './redisBook.ts';

/** An answer that takes longer is not waited for: a request of the editor is not later by more than this, once. */
export const ANSWER_WITHIN_MS = 140;
const LAST_TURN_MS = 1;
const CONNECT_WITHIN_MS = 5_000;
/** Between two tries to connect: full jitter below a bound that doubles. */
const RECONNECT = { firstMs: 200, maxMs: 10_000, leastMs: 50 };

export interface RedisAddress {
  /** `redis:` or `rediss:` (TLS); may hold user, password and database. */
  readonly url: string;
  /** In place of the address's own. */
  readonly password?: string;
}

/** Why the ledger of a team cannot be used. */
export type RedisTrouble = 'unreachable' | 'password' | 'read-only' | 'full' | 'foreign' | 'cluster';

type CallBuffer = (command: string, args: (string | Buffer)[], read?: Reader) => Promise<unknown>;
type Reader = (answer: unknown) => unknown;

export interface RedisConnection {
  readonly redis: Redis;
  /**
   * Rejects when the answer takes too long; what was asked may happen all the same. `read` makes something else of the
   * answer, or of the error in its place, before any promise has it, and throws what is to be rejected with.
   */
  readonly callBuffer: CallBuffer;
  /** What the connection itself complained of last; the errors of commands say less. */
  readonly complaint: () => unknown;
}

export function connectRedis(
  { url, password }: RedisAddress,
  random: Random,
  answerWithinMs = ANSWER_WITHIN_MS,
): RedisConnection {
  const redis = new Redis(url, {
    ...(password === undefined ? {} : { password }),
    connectionName: 'sluice',
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    connectTimeout: CONNECT_WITHIN_MS,
    retryStrategy: (times) =>
      RECONNECT.leastMs + random() * Math.min(RECONNECT.maxMs, RECONNECT.firstMs * 2 ** Math.min(times, 20)),
  });
  let complaint: unknown;
  // Without a listener an error would end the process.
  redis.on('error', (error) => {
    complaint = error;
  });
  redis.on('ready', () => {
    complaint = undefined;
  });
  const deadline = new Deadline(answerWithinMs);
  const callBuffer: CallBuffer = (name, args, read) => {
    const command = new PackedCommand(name, args, read);
    // Sent first: all else is done while Redis is at work.
    const answer = redis.sendCommand(command) as Promise<unknown>;
    deadline.watch(command);
    return answer;
  };
  return { redis, callBuffer, complaint: () => complaint };
}

/** What lies between two buffers is written as one text: a command of ten arguments is two of them, or one. */
class PackedCommand extends Command {
  askedMs = 0;
  readonly #read: Reader | undefined;

  constructor(name: string, args: (string | Buffer)[], read?: Reader) {
    super(name, args);
    this.#read = read;
    if (read === undefined) return;
    const { reject } = this;
    // An error is read like an answer; what the reader throws goes the usual way.
    this.reject = (error) => {
      this.reject = reject;
      this.resolve(error);
    };
  }

  /** Where ioredis makes texts of bytes; what comes of it is handed on as it is. */
  override transformReply(answer: Buffer | Buffer[]): ReturnType<Command['transformReply']> {
    return this.#read === undefined
      ? super.transformReply(answer)
      : (this.#read(answer) as ReturnType<Command['transformReply']>);
  }

  override toWritable(): Buffer | string {
    const parts: (string | Buffer)[] = [];
    let text = `*${this.args.length + 1}\r\n$${this.name.length}\r\n${this.name}\r\n`;
    let length = 0;
    for (const arg of this.args) {
      if (typeof arg === 'string') {
        text += `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`;
      } else if (Buffer.isBuffer(arg)) {
        text += `$${arg.length}\r\n`;
        length += Buffer.byteLength(text) + arg.length;
        parts.push(text, arg);
        text = '\r\n';
      }
    }
    if (parts.length === 0) return text;
    // What ends a command is two bytes, and in most of ours nothing but that is behind the last buffer.
    const ending = text === '\r\n';
    const bytes = Buffer.allocUnsafe(length + (ending ? 2 : Buffer.byteLength(text)));
    let at = 0;
    for (const part of parts) at += typeof part === 'string' ? bytes.write(part, at) : part.copy(bytes, at);
    if (ending) {
      bytes[at] = 13;
      bytes[at + 1] = 10;
    } else bytes.write(text, at);
    return bytes;
  }
}

/**
 * Commands whose answer takes too long are rejected; one timer for all of them, in their order. A process that stood
 * still itself finds the time over before it has read what came meanwhile: a turn of the event loop lies between the end
 * of the time and the verdict.
 */
class Deadline {
  readonly #ms: number;
  #asked: PackedCommand[] = [];
  #running = false;

  constructor(ms: number) {
    this.#ms = ms;
  }

  watch(command: PackedCommand): void {
    // Answers come in their order: where the last one is there, all are, and nothing is kept alive until the time is over.
    while (this.#asked.at(-1)?.isSettled) this.#asked.pop();
    command.askedMs = systemClock.monotonic();
    this.#asked.push(command);
    if (!this.#running) this.#wait(this.#ms);
  }

  #wait(ms: number): void {
    this.#running = true;
    systemClock.after(ms, () => systemClock.after(LAST_TURN_MS, () => this.#judge()));
  }

  #judge(): void {
    this.#running = false;
    const overMs = systemClock.monotonic() - this.#ms;
    const open = this.#asked.filter(({ isSettled }) => !isSettled);
    this.#asked = open.filter(({ askedMs }) => askedMs > overMs);
    for (const command of open)
      if (command.askedMs <= overMs) command.reject(new Error('Redis did not answer in time'));
    const [next] = this.#asked;
    if (next) this.#wait(Math.max(0, next.askedMs - overMs));
  }
}

/** A server's error reply begins with its code: redis.io/docs/latest/develop/reference/protocol-spec (2026-11-21). */
const CODES: readonly (readonly [RegExp, RedisTrouble])[] = [
  [/^(WRONGPASS|NOAUTH|NOPERM)\b|AUTH.*(without any password|no password)/, 'password'],
  [/^READONLY\b/, 'read-only'],
  [/^(OOM|MISCONF)\b/, 'full'],
  [/^WRONGTYPE\b|\bSLUICEFOREIGN\b|^ERR value is not an integer/, 'foreign'],
  [/^(MOVED|ASK|CROSSSLOT|CLUSTERDOWN)\b/, 'cluster'],
];

export function troubleOf(error: unknown): RedisTrouble {
  if (error instanceof ForeignBook || error instanceof SyntaxError) return 'foreign';
  const text = error instanceof Error ? error.message : '';
  return CODES.find(([code]) => code.test(text))?.[1] ?? 'unreachable';
}
