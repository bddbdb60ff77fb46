/** What the person's settings and the request itself ask of a choice of model. Units: USD, milliseconds, tokens. */
import type { TaskInput } from '../routing/features.ts';
import { barFor } from '../routing/qualityBars.ts';
import type { RouteInput } from '../routing/router.ts';
import type { CallPlan } from './callPlan.ts';
import { type RouteRequest, staysHere } from './request.ts';
import type { Settings } from './settings.ts';

/** A trial costs no more than this. */
const MOST_EXPLORED_USD = 0.02;
/** A long request is no low stake. */
const MOST_EXPLORED_TOKENS = 4_000;

type Terms = Pick<RouteInput, 'bar' | 'limits' | 'explore'>;

/** `draw` in [0, 1): another model may be tried out. A setting of 0 is no limit. */
export function routeTerms(
  request: Pick<RouteRequest, 'task' | 'priority' | 'code' | 'localOnly'>,
  settings: Settings,
  draw: number | undefined,
): Terms {
  const { task, priority } = request;
  const maxUsd = settings['routing.maxUsd'];
  const maxMs = settings['routing.maxSeconds'] * 1_000;
  const limits = {
    allow: settings['routing.allow'],
    deny: settings['routing.deny'],
    localOnly: settings['routing.localOnly'] || staysHere(request),
    ...(maxUsd > 0 ? { maxUsd } : {}),
    ...(maxMs > 0 ? { maxMs } : {}),
  };
  const share = settings['routing.explorePercent'] / 100;
  const mostUsd = Math.min(MOST_EXPLORED_USD, maxUsd > 0 ? maxUsd : MOST_EXPLORED_USD);
  return {
    bar: barFor(settings['routing.qualityBars'], task, priority, settings['routing.qualityBar']),
    limits,
    ...(draw === undefined || share === 0 ? {} : { explore: { share, draw, mostUsd } }),
  };
}

/** Of low stakes: nothing urgent, nothing long, no one's own choice, and not in the middle of a talk. */
export function mayExplore(
  { priority, strongerThan, model, conversation, tiers, helper }: RouteRequest,
  { inputTokens }: CallPlan,
): boolean {
  if (priority === 'critical' || priority === 'high') return false;
  if ([strongerThan, model, conversation, tiers, helper].some((one) => one !== undefined)) return false;
  return inputTokens <= MOST_EXPLORED_TOKENS;
}

/** What the editor knows beside the text. */
export function knownOf({ code, history = [] }: RouteRequest): Partial<TaskInput> {
  return { ...code?.about, ...(history.length === 0 ? {} : { turnsBefore: history.length }) };
}
