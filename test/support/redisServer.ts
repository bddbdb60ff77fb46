/** A Redis of the tests' own: on a free port of this machine, keeping nothing. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { Complaint } from './program.ts';
import { until } from './until.ts';

export interface RedisServer {
  readonly port: number;
  readonly url: string;
  /** At once, without a word to anybody. */
  stop(): Promise<void>;
  /** Empty, on the same port. */
  start(): Promise<void>;
  /** Stands still, and goes on. */
  freeze(): void;
  thaw(): void;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export async function startRedis(...options: readonly string[]): Promise<RedisServer> {
  const port = await freePort();
  let child: ChildProcess | undefined;
  const start = async () => {
    if (child !== undefined && child.exitCode === null && child.signalCode === null) return;
    const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', ...options];
    const started = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    child = started;
    running.add(started);
    let missing: Error | undefined;
    started.once('error', (error) => {
      missing = error;
    });
    let said = '';
    started.stdout.on('data', (text) => {
      said += text;
    });
    await until({ what: 'Redis to start', timeoutMs: 30_000 }, () => {
      if (missing)
        throw new Complaint('Missing: redis-server. On Debian or Ubuntu: apt-get install redis-server');
      return /[Rr]eady to accept/.test(said);
    });
  };
  const stop = async () => {
    const stopping = child;
    if (stopping === undefined || stopping.exitCode !== null || stopping.signalCode !== null) return;
    const gone = new Promise((resolve) => stopping.once('exit', resolve));
    stopping.kill('SIGKILL');
    await gone;
    running.delete(stopping);
  };
  await start();
  const url = `redis://127.0.0.1:${port}`;
  return {
    port,
    url,
    stop,
    start,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
  };
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
