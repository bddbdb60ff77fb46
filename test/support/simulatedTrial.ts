/** A simulated platform without delays and one transport for each protocol that it speaks, ended together. */
import type { Clock } from '../../src/base/clock.ts';
import type { Disposable } from '../../src/base/disposable.ts';
import { silentLog } from '../../src/base/log.ts';
import type { ModelCall, ModelEvent, ModelTransport } from '../../src/flow/transport.ts';
import { AnthropicTransport } from '../../src/node/anthropicTransport.ts';
import { OpenaiTransport } from '../../src/node/openaiTransport.ts';
import { type SimulatedPlatform, startSimulatedPlatform } from '../../src/node/simulatedPlatform.ts';
import { FakeClock } from './fakeClock.ts';

export const WIRES = ['messages', 'chat', 'responses'] as const;

export type WireName = (typeof WIRES)[number];

export const TIMEOUT_MS = 30_000;

/** Enough that no test meets a limit by chance. */
const WIDE_LIMITS = { requestsPerMinute: 1_000_000, tokensPerMinute: 1_000_000_000 };

export interface TransportOptions {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly clock: Clock;
}

export function openTransport(wire: WireName, options: TransportOptions): ModelTransport {
  const deps = { platform: 'trial', timeoutMs: TIMEOUT_MS, ...options };
  return wire === 'messages' ? new AnthropicTransport(deps) : new OpenaiTransport({ ...deps, api: wire });
}

/** What is appended to an address so that a protocol's SDK finds its paths. */
export function basePath(wire: WireName): string {
  return wire === 'messages' ? '' : '/v1';
}

export class SimulatedTrial implements Disposable {
  readonly platform: SimulatedPlatform;
  readonly clock: FakeClock;
  readonly transport: ModelTransport;

  private constructor(platform: SimulatedPlatform, clock: FakeClock, wire: WireName) {
    this.platform = platform;
    this.clock = clock;
    const baseUrl = `${platform.url}${basePath(wire)}`;
    this.transport = openTransport(wire, { apiKey: platform.token, baseUrl, clock });
  }

  static async start(wire: WireName, limits = WIDE_LIMITS): Promise<SimulatedTrial> {
    const clock = new FakeClock();
    const platform = await startSimulatedPlatform({
      seed: 1,
      clock,
      log: silentLog,
      latencyScale: 0,
      limits,
    });
    return new SimulatedTrial(platform, clock, wire);
  }

  dispose(): void {
    this.transport.dispose();
    this.platform.dispose();
  }
}

const CODE = `import { readFile } from 'node:fs/promises';

export async function load(path: string, tries = 3) {
  for (let i = 0; i < tries; i++) {
    const text = await readFile(path, 'utf8'); // TODO: back off
    if (text !== '') return JSON.parse(text);
  }
}`;

export function callFor(task: string, changes: Partial<ModelCall> = {}): ModelCall {
  return {
    model: 'sim-balanced',
    system: `You help.\n\nTask: ${task}`,
    messages: [{ role: 'user', text: `Do it.\n\nCode:\n\`\`\`typescript\n${CODE}\n\`\`\`` }],
    maxOutputTokens: 4_000,
    ...changes,
  };
}

export interface Collected {
  readonly events: readonly ModelEvent[];
  readonly text: string;
  /** What ended the stream; undefined when it ended well. */
  readonly error: unknown;
}

export async function collect(stream: AsyncIterable<ModelEvent>): Promise<Collected> {
  const events: ModelEvent[] = [];
  let error: unknown;
  try {
    for await (const event of stream) events.push(event);
  } catch (thrown) {
    error = thrown;
  }
  const text = events.map((event) => (event.kind === 'text' ? event.text : '')).join('');
  return { events, text, error };
}

export function neverAborted(): AbortSignal {
  return new AbortController().signal;
}

/** What `promise` rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return undefined;
}
