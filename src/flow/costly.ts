/** Requests that are to be asked about before they are sent, by their estimate. Units: USD, shares in [0, 1]. */
import { amountOf, concerns, type Demand, type LimitState, nameOf } from '../quota/limit.ts';
import { isLong } from '../quota/thresholdWatch.ts';
import type { ModelInfo } from '../routing/catalogue.ts';

export interface CostlyRequest {
  readonly model: string;
  readonly platform: string;
  /** Absent: it is not the money. */
  readonly usd?: number;
  /** The limit of which it takes most; absent: none of them is told too much. */
  readonly limit?: { readonly name: string; readonly share: number };
}

/** Resolves with the person's word. Rejects only with the signal's reason. */
export type Approve = (request: CostlyRequest, signal: AbortSignal) => Promise<boolean>;

export interface CostBounds {
  readonly 'request.confirmAboveUsd': number;
  readonly 'request.confirmAbovePercent': number;
}

/**
 * `demand` is what the answer takes nine times in ten. What nobody owes is never asked about, nor is a part of a limit
 * that is back within minutes.
 */
export function costlyRequest(
  info: ModelInfo,
  demand: Demand,
  states: readonly LimitState[],
  bounds: CostBounds,
): CostlyRequest | undefined {
  if (info.simulated) return undefined;
  const { usd = 0 } = demand;
  const dear = info.billing !== 'subscription' && usd > bounds['request.confirmAboveUsd'];
  const [most] = states
    .filter((state) => concerns(state, info.platform, info.name))
    .filter(isLong)
    .map((limit) => ({ name: nameOf(limit), share: amountOf(limit.unit, demand) / limit.size }))
    .toSorted((a, b) => b.share - a.share);
  const large = most !== undefined && most.share * 100 > bounds['request.confirmAbovePercent'];
  if (!dear && !large) return undefined;
  const { label: model, platform } = info;
  return { model, platform, ...(dear ? { usd } : {}), ...(large ? { limit: most } : {}) };
}
