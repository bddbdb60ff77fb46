/** The limits as the meter and the dashboard draw them. Units: those of the limit, milliseconds. */
import { type LimitState, ownerLabel } from '../quota/limit.ts';
import type { Quota } from '../quota/quota.ts';
import type { LimitAhead, LookAhead } from './lookAhead.ts';
import type { Platforms } from './platforms.ts';
import type { BucketView } from './snapshot.ts';

export interface BucketSources {
  readonly platforms: Platforms;
  readonly quota: Quota;
  /** `current` is absent until it is loaded. */
  readonly lookAhead?: { readonly current: LookAhead | undefined };
}

const MS_PER_MINUTE = 60_000;

/** Limits of platforms that are not in use now are left out. */
export function bucketViews(sources: BucketSources, atMs: number): BucketView[] {
  const platforms = new Map(sources.platforms.list.map((platform) => [platform.id, platform]));
  return sources.quota.states().flatMap((state) => {
    const charged = (state.shared?.platforms ?? [state.platform]).flatMap((id) => platforms.get(id) ?? []);
    if (charged.length === 0) return [];
    const simulated = charged.every((platform) => platform.simulated);
    const ahead = sources.lookAhead?.current?.ahead(state);
    const owner = state.shared && ownerLabel(state, (id) => platforms.get(id)?.label ?? id);
    const named = owner === undefined ? {} : { owner };
    const view = bucketView(state, simulated, atMs);
    const restraints = sources.lookAhead?.current?.restraints(state.platform) ?? [];
    const adaptations = [...state.adaptations, ...restraints];
    return [{ ...view, adaptations, ...named, ...timesOf(ahead) }];
  });
}

function bucketView(state: LimitState, simulated: boolean, atMs: number): BucketView {
  return {
    id: [state.platform, state.model ?? '', state.unit, state.window ?? ''].join('/'),
    platform: state.platform,
    unit: state.unit,
    ...(state.model === undefined ? {} : { model: state.model }),
    ...(state.window === undefined ? {} : { window: state.window }),
    refill: state.refill,
    size: state.size,
    level: state.level,
    reserved: state.reserved,
    ...(state.refillPerMs === undefined ? {} : { refillPerMinute: state.refillPerMs * MS_PER_MINUTE }),
    ...(state.fullInMs === undefined ? {} : { fullInMs: state.fullInMs }),
    ...(state.source === 'declared' ? { source: 'declared' } : { source: 'reported', readBy: state.source }),
    ...(state.readingAtMs === undefined ? {} : { readingAgeMs: Math.max(0, atMs - state.readingAtMs) }),
    simulated,
    reservations: state.reservations,
    ...(state.threshold === undefined ? {} : { threshold: state.threshold }),
    ...(state.drift === undefined ? {} : { drift: state.drift }),
    ...(state.foreign === undefined ? {} : { foreign: state.foreign }),
    ...(state.shares === undefined ? {} : { shares: state.shares }),
    waiting: state.waiting,
  };
}

function timesOf(ahead: LimitAhead | undefined): Partial<BucketView> {
  if (ahead === undefined) return {};
  const { shortChance: _chance, ...times } = ahead;
  return times;
}
