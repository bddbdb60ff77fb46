/** One running `claude`, in a process group of its own that ends with this object. Units: milliseconds. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { LineSplitter } from './claudeCodeLines.ts';

export interface ClaudeProcessDeps {
  readonly program: string;
  readonly args: readonly string[];
  /** An empty folder: what lies around a project is not for this process. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly onLine: (line: string) => void;
  /** Called once. `cause` is a system error's code, `exit-1` or the name of a signal. */
  readonly onEnd: (cause: string) => void;
}

/** It ends within 60 ms of being asked; one that does not is ended. */
const GRACE_MS = 1_000;

const HAS_GROUPS = process.platform !== 'win32';

export class ClaudeProcess implements Disposable {
  readonly #clock: Clock;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  #ended = false;
  #disposed = false;
  #killer: Disposable | undefined;

  constructor({ program, args, cwd, env, clock, onLine, onEnd }: ClaudeProcessDeps) {
    this.#clock = clock;
    // What it writes to stderr may quote the prompt: nobody gets to see it.
    const options = { cwd, env, detached: HAS_GROUPS, windowsHide: true } as const;
    this.#child = spawn(program, args, { ...options, stdio: ['pipe', 'pipe', 'ignore'] });
    const end = (cause: string) => {
      if (this.#ended) return;
      this.#ended = true;
      this.#killer?.dispose();
      onEnd(cause);
    };
    const lines = new LineSplitter((line) => {
      if (!this.#disposed) onLine(line);
    });
    this.#child.stdout.on('data', (chunk: Buffer) => lines.write(chunk));
    // A pipe that breaks is a process that ends, which is told by itself.
    for (const pipe of [this.#child.stdin, this.#child.stdout]) pipe.on('error', () => this.dispose());
    this.#child.once('error', (error) => end('code' in error ? String(error.code) : 'unknown'));
    // `close` comes after the last output, `exit` may come before it.
    this.#child.once('close', (code, signal) => end(signal ?? `exit-${code ?? 'unknown'}`));
  }

  /** Undefined when it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  send(message: unknown): void {
    if (!this.#ended && !this.#disposed) this.#child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  /** Asks the whole group to end, and soon ends it. When this process is killed, a closed stdin does the same. */
  dispose(): void {
    if (this.#ended || this.#disposed) return;
    this.#disposed = true;
    this.#child.stdin.end();
    this.#signal('SIGTERM');
    this.#killer = this.#clock.after(GRACE_MS, () => this.#signal('SIGKILL'));
  }

  /** False when the group is gone already, which is what was wanted. */
  #signal(signal: NodeJS.Signals): boolean {
    const { pid } = this.#child;
    if (pid === undefined) return false;
    try {
      return HAS_GROUPS ? process.kill(-pid, signal) : this.#child.kill(signal);
    } catch {
      return false;
    }
  }
}
