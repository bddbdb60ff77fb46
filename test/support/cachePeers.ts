/** Several processes that ask a cache for the same value at once. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { repoRoot } from './paths.ts';

const MAIN = join(repoRoot, 'test/support/cachePeerMain.ts');

/** Resolves with how many times the value was made, over all of them. */
export async function madeByPeers(peers: number, count: number, file: string, redis = ''): Promise<number> {
  const children = Array.from({ length: peers }, (_, index) =>
    spawn(process.execPath, [MAIN, file, `peer ${index}`, `${count}`, redis], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  try {
    await Promise.all(children.map((child) => said(child, /ready/)));
    const made = children.map((child) => said(child, /made (\d+)/));
    for (const child of children) child.stdin?.write('go\n');
    return (await Promise.all(made)).reduce((sum, text) => sum + Number(text), 0);
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
}

function said(child: ChildProcess, what: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (more) => {
      text += more;
      const found = what.exec(text);
      if (found) resolve(found[1] ?? '');
    });
    child.once('exit', (code) => reject(new Error(`a peer ended with ${code}`)));
  });
}
