/** Runs the `claude` program once and reads what it prints. Units: milliseconds, characters. */
import { spawn } from 'node:child_process';
import type { Clock } from '../base/clock.ts';

export interface ClaudeCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly timeoutMs: number;
}

export interface CommandOutput {
  /** Absent when it could not be started or had to be ended. */
  readonly exitCode?: number;
  readonly stdout: string;
}

/** Far more than a version or a login state takes. */
const MAX_OUTPUT_CHARS = 100_000;

/** Rejects only with the signal's reason: a program that cannot be started has no exit code. */
export function runClaude(command: ClaudeCommand, signal: AbortSignal): Promise<CommandOutput> {
  const { program, args, env, clock, timeoutMs } = command;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true });
    let stdout = '';
    const end = () => {
      timer.dispose();
      signal.removeEventListener('abort', onAbort);
      child.kill('SIGKILL');
      child.stdout.destroy();
    };
    const onAbort = () => {
      end();
      reject(signal.reason);
    };
    const onEnd = (exitCode: number | null) => {
      end();
      resolve(exitCode === null ? { stdout } : { exitCode, stdout });
    };
    const timer = clock.after(timeoutMs, () => onEnd(null));
    signal.addEventListener('abort', onAbort, { once: true });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text.slice(0, MAX_OUTPUT_CHARS - stdout.length);
    });
    child.once('error', () => onEnd(null));
    child.once('close', onEnd);
  });
}
