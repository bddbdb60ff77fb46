/** Another process that takes from the same levels, as another window would: started here, run by levelPeerMain.ts. */
import { fork } from 'node:child_process';
import { join } from 'node:path';

export interface PeerPlan {
  readonly holder: string;
  readonly takes: number;
  readonly pauseMs: number;
  readonly settle: boolean;
  /** Of each request; absent: 1,000. */
  readonly tokens?: number;
}

export interface PeerReport {
  readonly granted: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface Peer {
  readonly ready: Promise<void>;
  /** After its last take; it stays until it is killed. */
  readonly done: Promise<PeerReport>;
  /** At once, without a chance to tidy up. */
  kill(): void;
}

/** `main`: what the process runs; `file`: a file, or the address of a Redis. */
export function startPeer(file: string, plan: PeerPlan, main = 'levelPeerMain.ts'): Peer {
  const child = fork(join(import.meta.dirname, main), [file, JSON.stringify(plan)]);
  const gone = new Promise<never>((_resolve, reject) => {
    child.on('exit', () => reject(new Error('the peer ended')));
  });
  const next = <T>(kind: string) =>
    Promise.race([
      gone,
      new Promise<T>((resolve) => {
        child.on('message', (message: { kind: string; report: T }) => {
          if (message.kind === kind) resolve(message.report);
        });
      }),
    ]);
  const [ready, done] = [next<undefined>('ready'), next<PeerReport>('done')];
  // Whoever waits for one of them hears of it.
  for (const promise of [gone, ready, done]) promise.catch(() => undefined);
  return { ready: ready.then(() => undefined), done, kill: () => child.kill('SIGKILL') };
}
