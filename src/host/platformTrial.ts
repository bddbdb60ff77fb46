/** A first call to a platform, which costs next to nothing and says what works. Units: tokens. */
import { SluiceError } from '../base/errors.ts';
import { promptTokens } from '../base/task.ts';
import type { ModelTransport } from '../flow/transport.ts';
import { type AnyModelRow, automatic } from '../routing/catalogue.ts';

export interface TrialReport {
  /** Names that the platform lists; empty when it lists none. */
  readonly listed: readonly string[];
  /** Models that Sluice can now choose from. */
  readonly models: number;
  /** What answered; absent when there was no model to ask. */
  readonly model?: string;
  readonly streams: boolean;
  readonly usage: boolean;
  readonly limits: number;
}

/** Enough for a word; some platforms refuse less. */
const MAX_OUTPUT_TOKENS = 16;

/** Throws what the transport throws: a wrong key, no network, an unknown protocol. */
export async function tryPlatform(
  transport: ModelTransport,
  modelsOf: (listed: readonly string[]) => readonly AnyModelRow[],
  signal: AbortSignal,
): Promise<TrialReport> {
  const listed = await listModels(transport, signal);
  const models = automatic(modelsOf(listed));
  const cheapest = models.toSorted((a, b) => inputPrice(a) - inputPrice(b))[0];
  const report = { listed, models: models.length, streams: false, usage: false, limits: 0 };
  if (cheapest === undefined) return report;
  return { ...report, ...(await ask(transport, cheapest.name, signal)) };
}

/** A host without a list of models is still a host; everything else that is wrong would be wrong later as well. */
async function listModels(transport: ModelTransport, signal: AbortSignal): Promise<readonly string[]> {
  try {
    return (await transport.check(signal)).models;
  } catch (error) {
    if (SluiceError.is(error, 'model-not-found')) return [];
    throw error;
  }
}

async function ask(transport: ModelTransport, model: string, signal: AbortSignal) {
  const found = { model, streams: false, usage: false, limits: 0 };
  const call = {
    model,
    system: 'Answer with one word.',
    messages: [{ role: 'user' as const, text: 'Say: ready' }],
    maxOutputTokens: MAX_OUTPUT_TOKENS,
  };
  for await (const event of transport.stream(call, signal)) {
    if (event.kind === 'start') Object.assign(found, { model: event.model, limits: event.limits.length });
    if (event.kind === 'text') found.streams = true;
    if (event.kind === 'usage') found.usage = promptTokens(event.usage) > 0;
  }
  return found;
}

function inputPrice({ price }: AnyModelRow): number {
  return price?.inputUsdPerMTok ?? Number.POSITIVE_INFINITY;
}
