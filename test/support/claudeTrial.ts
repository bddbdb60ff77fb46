/** A transport to a stand-in for `claude`, ended together with whatever it started. */
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { type Log, silentLog } from '../../src/base/log.ts';
import type { ModelCall } from '../../src/flow/transport.ts';
import { ClaudeCodeTransport } from '../../src/node/claudeCodeTransport.ts';
import type { LimitReading } from '../../src/quota/limitReading.ts';
import { repoRoot } from './paths.ts';
import { type TemporaryFolder, temporaryFolder } from './temporaryFolder.ts';

export interface ClaudeTrialOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly program?: string;
  readonly timeoutMs?: number;
  readonly maxProcesses?: number;
  readonly idleMs?: number;
  readonly log?: Log;
}

export class ClaudeTrial {
  readonly transport: ClaudeCodeTransport;
  readonly limits: (readonly LimitReading[])[] = [];
  readonly folder: TemporaryFolder;

  private constructor(folder: TemporaryFolder, program: string, options: ClaudeTrialOptions) {
    const { env = {}, timeoutMs = 10_000, log = silentLog, maxProcesses, idleMs } = options;
    this.folder = folder;
    this.transport = new ClaudeCodeTransport({
      platform: 'trial',
      program,
      env: { PATH: process.env.PATH, HOME: folder.path, ...env },
      timeoutMs,
      clock: systemClock,
      log,
      onLimits: (readings) => this.limits.push(readings),
      ...(maxProcesses === undefined ? {} : { maxProcesses }),
      ...(idleMs === undefined ? {} : { idleMs }),
    });
  }

  static async start(options: ClaudeTrialOptions = {}): Promise<ClaudeTrial> {
    const folder = await temporaryFolder();
    return new ClaudeTrial(folder, options.program ?? (await fakeClaude(folder.path)), options);
  }

  async dispose(): Promise<void> {
    this.transport.dispose();
    await this.folder.remove();
  }
}

/** An executable named `claude` in `folder` that is the stand-in. */
export async function fakeClaude(folder: string): Promise<string> {
  const script = join(repoRoot, 'test/support/claudeFake.ts');
  const path = join(folder, 'claude');
  await writeFile(path, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`);
  await chmod(path, 0o755);
  return path;
}

export function claudeCall(text: string, changes: Partial<ModelCall> = {}): ModelCall {
  return {
    model: 'some-model',
    system: 'You help.\n\nTask: explain',
    messages: [{ role: 'user', text }],
    maxOutputTokens: 1_000,
    ...changes,
  };
}
