/**
 * Claude Code as one platform: finds the person's program, speaks with it, and watches what it spends elsewhere. Units:
 * milliseconds.
 */
import { homedir } from 'node:os';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Log } from '../base/log.ts';
import type { ModelTransport } from '../flow/transport.ts';
import type { LimitReading } from '../quota/limitReading.ts';
import { findClaude } from './claudeCodeProgram.ts';
import { transcriptFolders } from './claudeCodeTranscriptFolders.ts';
import { ClaudeTranscripts } from './claudeCodeTranscripts.ts';
import { ClaudeCodeTransport } from './claudeCodeTransport.ts';

export interface OpenClaudeDeps {
  readonly platform: string;
  /** From the settings; empty: `claude` on PATH. */
  readonly path: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly onLimits: (readings: readonly LimitReading[]) => void;
  /** Of all windows of this machine one watches, and the others see what it finds. Absent: this one does. */
  readonly mayWatch?: (everyMs: number) => Promise<boolean>;
}

/** A person in a terminal spends slowly; a scan that finds nothing new takes some 4 ms. */
const WATCH_EVERY_MS = 60_000;
/** All windows look at about the same time, and one asks. */
const ASK_NOT_BEFORE_MS = 45_000;

/** Throws `program-missing`. The program is asked about its login by the first call. */
export async function openClaudeCode(deps: OpenClaudeDeps): Promise<ModelTransport> {
  const { platform, clock, log } = deps;
  const found = await findClaude({ ...deps, env: process.env }, new AbortController().signal);
  log.info('claude found', { version: found.version });
  const transport = new ClaudeCodeTransport({
    ...deps,
    program: found.path,
    env: process.env,
    effort: 'low',
  });
  const transcripts = new ClaudeTranscripts({ folders: transcriptFolders(process.env, homedir()), clock });
  const watch = watchSpending({ transport, transcripts, ...deps });
  return {
    stream: (call, signal) => transport.stream(call, signal),
    check: (signal) => transport.check(signal),
    readLimits: (signal) => transport.readLimits(signal),
    usedElsewhere: async (windowMs, signal) => {
      await watch.look(signal);
      return transcripts.usedSince(clock.now() - windowMs);
    },
    dispose: () => {
      watch.dispose();
      transport.dispose();
      log.debug('claude ended', { platform });
    },
  };
}

interface WatchDeps extends Pick<OpenClaudeDeps, 'clock' | 'log' | 'onLimits' | 'mayWatch'> {
  readonly transport: Pick<ClaudeCodeTransport, 'readLimits'>;
  readonly transcripts: Pick<ClaudeTranscripts, 'scan'>;
}

export interface SpendingWatch extends Disposable {
  /** Reads now what is new; rejects only with the signal's reason. */
  look(signal: AbortSignal): Promise<void>;
}

/** When the person's own sessions have spent something, the program is asked anew what is left. */
export function watchSpending(deps: WatchDeps): SpendingWatch {
  const { transport, transcripts, clock, log, onLimits, mayWatch = async () => true } = deps;
  const abort = new AbortController();
  let timer: Disposable | undefined;
  let first = true;
  const failed = (error: unknown) => {
    if (abort.signal.aborted) return;
    log.debug('claude not watched', { name: error instanceof Error ? error.name : typeof error });
  };
  /** True when something was spent since the last look. The first one tells of the past, which answers have told. */
  const look = async (signal: AbortSignal): Promise<boolean> => {
    const { charges } = await transcripts.scan(signal);
    const spent = charges.length > 0 && !first;
    first = false;
    return spent;
  };
  /** Of all windows one asks. */
  const askAnew = async () => {
    if (await mayWatch(ASK_NOT_BEFORE_MS)) onLimits(await transport.readLimits(abort.signal));
  };
  const lookNowAndLater = async () => {
    try {
      if (await look(abort.signal)) await askAnew();
    } catch (error) {
      failed(error);
    }
    if (!abort.signal.aborted) timer = clock.after(WATCH_EVERY_MS, () => void lookNowAndLater());
  };
  timer = clock.after(WATCH_EVERY_MS, () => void lookNowAndLater());
  return {
    look: async (signal) => {
      if (await look(AbortSignal.any([signal, abort.signal]))) askAnew().catch(failed);
    },
    dispose: () => {
      timer?.dispose();
      abort.abort(new DOMException('the platform is closed', 'AbortError'));
    },
  };
}
