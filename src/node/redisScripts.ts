/** How the scripts of the books are asked for: their keys, their arguments, and a server that does not know them yet. */
import { createHash } from 'node:crypto';
import { packDoubles } from './doubles.ts';
import { type Reply, replyOf } from './redisCalls.ts';
import { BOOK_SCRIPT, LOOK_SCRIPT } from './redisScript.ts';

/** What is needed of a connection. */
export interface RedisCaller {
  callBuffer(command: string, args: (string | Buffer)[]): Promise<unknown>;
}

export interface RedisScriptsDeps {
  readonly redis: RedisCaller;
  readonly prefix: string;
  /** In place of the server's clock; for tests. */
  readonly serverMs?: () => number;
}

export interface ScriptCall {
  readonly platform: string;
  readonly operation: string;
  /** Number of the book that is known. */
  readonly known: number;
  /** A log is wanted for what comes next. */
  readonly wantsLog: boolean;
  readonly numbers?: readonly number[];
  readonly texts?: readonly (string | Buffer)[];
  /** Counts what was asked. */
  readonly ticket: number;
}

const [BOOK_SHA, LOOK_SHA] = [sha1(BOOK_SCRIPT), sha1(LOOK_SCRIPT)];

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

export class RedisScripts {
  readonly #deps: RedisScriptsDeps;
  readonly #logKeys = new Map<string, string>();

  constructor(deps: RedisScriptsDeps) {
    this.#deps = deps;
  }

  call({ platform, operation, known, wantsLog, ticket, ...rest }: ScriptCall): Promise<Reply> {
    const { numbers = [], texts = [] } = rest;
    const serverMs = this.#deps.serverMs?.() ?? Number.NaN;
    const packed = packDoubles([serverMs, known, wantsLog ? 1 : 0, ...numbers]);
    const keys = [this.#key(`book:${platform}`), this.#key('platforms'), this.#logKey(platform)];
    const reply = this.#eval(BOOK_SHA, BOOK_SCRIPT, keys, [operation, packed, platform, ...texts]);
    return reply.then((raw) => replyOf(raw, ticket));
  }

  /** Adds an entry to the log that was begun at `base`; how long it is then, with what it begins with. 0: there is none. */
  append(platform: string, base: number, entry: Buffer): Promise<unknown> {
    return this.#deps.redis.callBuffer('rpushx', [`${this.#logKey(platform)}${base}`, entry]);
  }

  /** Says that `holder` lives for another `leaseMs`; how many do, and the platforms that there are books of. */
  async look(holder: string, leaseMs: number): Promise<readonly [number, readonly string[]]> {
    const { serverMs } = this.#deps;
    const args = [holder, String(leaseMs), serverMs === undefined ? '' : String(serverMs())];
    const keys = [this.#key('windows'), this.#key('platforms')];
    const [windows, platforms] = (await this.#eval(LOOK_SHA, LOOK_SCRIPT, keys, args)) as [number, Buffer[]];
    return [windows, platforms.map(String)];
  }

  async leave(holder: string): Promise<void> {
    await this.#deps.redis.callBuffer('zrem', [this.#key('windows'), holder]);
  }

  /** A server that was started anew knows no script. */
  #eval(
    sha: string,
    script: string,
    keys: readonly string[],
    args: readonly (string | Buffer)[],
  ): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...args];
    const { redis } = this.#deps;
    return redis.callBuffer('evalsha', [sha, ...rest]).catch((error: unknown) => {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return redis.callBuffer('eval', [script, ...rest]);
    });
  }

  /** What the name of a log begins with; put together once, it is in every decision. */
  #logKey(platform: string): string {
    let key = this.#logKeys.get(platform);
    if (key === undefined) {
      key = this.#key(`log:${platform}:`);
      this.#logKeys.set(platform, key);
    }
    return key;
  }

  /** All keys of one prefix have one hash tag. */
  #key(name: string): string {
    return `{${this.#deps.prefix}}:${name}`;
  }
}
