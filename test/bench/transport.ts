/**
 * What our transports add to the vendors' bare SDKs over real HTTP against the simulated platform: time to the first
 * text without any delay, and time of 2,000 tokens at the pace of a quick model. Ours and the SDK take turns. Then a turn
 * of the real Claude Code program, and loading the tokenizer. Units: milliseconds.
 */
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import type { ModelTransport } from '../../src/flow/transport.ts';
import { AnthropicTransport } from '../../src/node/anthropicTransport.ts';
import { ClaudeCodeTransport } from '../../src/node/claudeCodeTransport.ts';
import { OpenaiTransport } from '../../src/node/openaiTransport.ts';
import { type SimulatedPlatform, startSimulatedPlatform } from '../../src/node/simulatedPlatform.ts';
import type { ModelRow } from '../../src/routing/catalogue.ts';
import { SIMULATED_MODELS } from '../../src/routing/simulatedModels.ts';
import { buildExtension } from '../support/buildExtension.ts';
import { ensureClaude } from '../support/claudeInstall.ts';
import { repoRoot } from '../support/paths.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { type Bench, check, quantile, round, summary } from './report.ts';

const FIRST_TOKENS = 200;
const LONG_ANSWERS = 7;
const LONG_TOKENS = 2_000;
const TURNS = 20;
const TOKENIZER_LOADS = 7;
const QUICK_TOKENS_PER_S = 400;
const WIDE_LIMITS = { requestsPerMinute: 1_000_000, tokensPerMinute: 1_000_000_000 };
const MODEL = 'sim-fast';
const never = new AbortController().signal;

interface Times {
  readonly firstMs: number;
  readonly totalMs: number;
  readonly pieces: number;
}

type Ask = () => Promise<Times>;

export const transport: Bench = async ({ say }) => {
  const results: Record<string, unknown> = {};
  const checks = [];
  for (const wire of ['messages', 'responses'] as const) {
    say(`${wire}: first text`);
    const first = await compare(wire, 0, FIRST_TOKENS, 'word '.repeat(20));
    say(`${wire}: ${LONG_TOKENS} tokens at ${QUICK_TOKENS_PER_S} a second`);
    const long = await compare(wire, 1, LONG_ANSWERS, 'word '.repeat(LONG_TOKENS));
    const added = median(first.ours, 'firstMs') - median(first.bare, 'firstMs');
    const share = (median(long.ours, 'totalMs') / median(long.bare, 'totalMs') - 1) * 100;
    results[wire] = {
      firstTextMs: { ours: summary(of(first.ours, 'firstMs')), bare: summary(of(first.bare, 'firstMs')) },
      longMs: { ours: summary(of(long.ours, 'totalMs')), bare: summary(of(long.bare, 'totalMs')) },
      pieces: { ours: long.ours[0]?.pieces, bare: long.bare[0]?.pieces },
    };
    checks.push(check(`${wire}: added to the first text, median`, added, '<=', 1, 'ms'));
    checks.push(check(`${wire}: added over ${LONG_TOKENS} tokens, median`, share, '<=', 2, '%'));
  }
  say(`claude: ${TURNS} turns of the real program`);
  const turns = await claudeTurns();
  results.claudeCode = {
    wholeTurnMs: { ours: summary(turns.ours), bareSdk: summary(turns.bare) },
    startMs: turns.startMs,
  };
  const addedByClaude = quantile(turns.ours, 0.5) - quantile(turns.bare, 0.5);
  checks.push(check('Claude Code: a turn over the model’s own time, median', addedByClaude, '<=', 60, 'ms'));
  say('tokenizer: loading');
  const loads = await tokenizerLoads();
  const heapMb = Math.max(...loads.map((load) => load.heapMb));
  results.tokenizer = {
    readyMs: summary(loads.map(({ ms }) => ms)),
    heapMb: loads.map((load) => round(load.heapMb)),
  };
  checks.push(
    check(
      'tokenizer: from nothing to the first count, median',
      quantile(
        loads.map(({ ms }) => ms),
        0.5,
      ),
      '<=',
      120,
      'ms',
    ),
  );
  // Whether its thread has tidied up yet differs from load to load: the largest counts.
  checks.push(check('tokenizer: heap of its thread, largest', heapMb, '<=', 25, 'MB'));
  return { results, checks };
};

/** The same short answer by the real, unmodified program and by the bare SDK, in turn. */
async function claudeTurns() {
  const program = await ensureClaude(never);
  const platform = await serve(0, 'ready');
  const home = await temporaryFolder();
  const env = {
    PATH: process.env.PATH,
    HOME: home.path,
    ANTHROPIC_BASE_URL: platform.url,
    ANTHROPIC_API_KEY: platform.token,
  };
  const deps = { platform: 'bench', program, env, timeoutMs: 60_000, clock: systemClock, log: silentLog };
  const claude = new ClaudeCodeTransport({ ...deps, effort: 'low' });
  const [ask, bare] = [viaTransport(claude), bareAnthropic(platform)];
  try {
    const startedMs = performance.now();
    await claude.warm(never);
    const startMs = round(performance.now() - startedMs);
    await ask();
    await bare();
    const taken = { ours: [] as number[], bare: [] as number[], startMs };
    for (let turn = 0; turn < TURNS; turn += 1) {
      taken.bare.push((await bare()).totalMs);
      taken.ours.push((await ask()).totalMs);
    }
    return taken;
  } finally {
    claude.dispose();
    platform.dispose();
    await home.remove();
  }
}

/** Each time in a new thread, as the extension does it. */
async function tokenizerLoads(): Promise<{ ms: number; heapMb: number }[]> {
  await buildExtension(never);
  const loads: { ms: number; heapMb: number }[] = [];
  for (let load = 0; load < TOKENIZER_LOADS; load += 1) {
    const startedMs = performance.now();
    const worker = new Worker(join(repoRoot, 'dist/tokenizerWorker.cjs'));
    worker.postMessage({ id: 0, text: 'const answer = 42;' });
    await once(worker, 'message');
    const ms = performance.now() - startedMs;
    const { used_heap_size: used } = await worker.getHeapStatistics();
    loads.push({ ms, heapMb: used / 1e6 });
    await worker.terminate();
  }
  return loads;
}

async function compare(wire: 'messages' | 'responses', latencyScale: number, rounds: number, text: string) {
  const platform = await serve(latencyScale, text);
  const ours = transportFor(wire, platform);
  const bare = wire === 'messages' ? bareAnthropic(platform) : bareOpenai(platform);
  const taken = { ours: [] as Times[], bare: [] as Times[] };
  try {
    await bare();
    await viaTransport(ours)();
    for (let round = 0; round < rounds; round += 1) {
      taken.bare.push(await bare());
      taken.ours.push(await viaTransport(ours)());
    }
    return taken;
  } finally {
    ours.dispose();
    platform.dispose();
  }
}

function serve(latencyScale: number, text: string): Promise<SimulatedPlatform> {
  const models: ModelRow[] = SIMULATED_MODELS.map((row) => ({
    ...row,
    outputTokensPerS: QUICK_TOKENS_PER_S,
  }));
  return startSimulatedPlatform({
    seed: 1,
    clock: systemClock,
    log: silentLog,
    random: () => 0.5,
    latencyScale,
    limits: WIDE_LIMITS,
    models,
    script: [{ fault: { kind: 'say', text }, times: 'always' }],
  });
}

function transportFor(wire: 'messages' | 'responses', platform: SimulatedPlatform): ModelTransport {
  const deps = { platform: 'bench', apiKey: platform.token, timeoutMs: 60_000, clock: systemClock };
  return wire === 'messages'
    ? new AnthropicTransport({ ...deps, baseUrl: platform.url })
    : new OpenaiTransport({ ...deps, baseUrl: platform.openaiUrl, api: 'responses' });
}

function viaTransport(via: ModelTransport): Ask {
  const messages = [{ role: 'user' as const, text: 'say it' }];
  const call = { model: MODEL, system: 'x', messages, maxOutputTokens: 8_000 };
  return () =>
    timed(async (heard) => {
      for await (const event of via.stream(call, never)) if (event.kind === 'text') heard();
    });
}

function bareAnthropic(platform: SimulatedPlatform): Ask {
  const sdk = new Anthropic({ apiKey: platform.token, baseURL: platform.url, maxRetries: 0 });
  const messages = [{ role: 'user' as const, content: 'say it' }];
  return () =>
    timed(async (heard) => {
      const body = { model: MODEL, max_tokens: 8_000, stream: true, system: 'x', messages } as const;
      for await (const event of await sdk.messages.create(body)) {
        if (event.type === 'content_block_delta') heard();
      }
    });
}

function bareOpenai(platform: SimulatedPlatform): Ask {
  const sdk = new OpenAI({ apiKey: platform.token, baseURL: platform.openaiUrl, maxRetries: 0 });
  return () =>
    timed(async (heard) => {
      const body = {
        model: MODEL,
        max_output_tokens: 8_000,
        stream: true,
        instructions: 'x',
        input: 'say it',
      } as const;
      for await (const event of await sdk.responses.create(body)) {
        if (event.type === 'response.output_text.delta') heard();
      }
    });
}

async function timed(ask: (heard: () => void) => Promise<void>): Promise<Times> {
  const startedMs = performance.now();
  let firstMs = 0;
  let pieces = 0;
  await ask(() => {
    if (pieces === 0) firstMs = performance.now() - startedMs;
    pieces += 1;
  });
  return { firstMs, totalMs: performance.now() - startedMs, pieces };
}

function of(times: readonly Times[], key: 'firstMs' | 'totalMs'): number[] {
  return times.map((time) => time[key]);
}

function median(times: readonly Times[], key: 'firstMs' | 'totalMs'): number {
  return round(quantile(of(times, key), 0.5));
}
