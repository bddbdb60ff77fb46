/** The quota of all windows of a machine, and the person's own limits in it. Units: milliseconds. */
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import { limitsOf, sharedBuckets } from '../quota/declaredLimits.ts';
import { idleShare } from '../quota/idleShares.ts';
import { LazyLevels, type LazyLevelsDeps } from '../quota/lazyLevels.ts';
import { Quota } from '../quota/quota.ts';
import type { LookAhead } from './lookAhead.ts';
import type { Platforms } from './platforms.ts';
import type { Settings } from './settings.ts';

/** What other windows know is shown without any request of this one; nobody waits for it while the extension starts. */
const OPEN_AFTER_MS = 1_500;

export interface MachineQuotaDeps extends LazyLevelsDeps {
  /** Names this process among all windows. */
  readonly holder: string;
  readonly settings: () => Settings;
  /** Fires when another store is meant. */
  readonly onOtherStore?: (listener: () => void) => Disposable;
  /** Knows what a priority will need, once it has watched for a day. */
  readonly ahead?: () => LookAhead | undefined;
}

/** The store is opened with the first request, or a moment after the start. Disposing of the quota closes it. */
export function machineQuota(deps: MachineQuotaDeps): Quota {
  const { clock, holder, settings, ahead } = deps;
  const store = new LazyLevels(deps);
  const quota: Quota = new Quota(clock, {
    store,
    holder,
    priorities: () => settings()['quota.priorities'],
    criticalBurst: () => settings()['quota.criticalBurst'],
    overusePenalty: () => settings()['quota.penalizeOveruse'],
    unusedShare: (priority, _nowMs, platform) => {
      if (!settings()['quota.lendShares']) return 0;
      const known = ahead?.();
      const unused = known?.unusedShare(priority, platform) ?? idleShare(quota.idleMs(platform, priority));
      return unused * (known?.lent(platform) ?? 1);
    },
  });
  clock.after(OPEN_AFTER_MS, () => void store.open());
  // Ends with the window.
  deps.onOtherStore?.(() => void store.reopen());
  return quota;
}

export interface DeclareDeps {
  readonly clock: Clock;
  readonly quota: Quota;
  readonly platforms: Platforms;
  readonly settings: () => Settings;
  readonly onSettings: (listener: () => void) => Disposable;
}

/** Tells the quota which limits the person declares for the platforms in use, now and when either changes. */
export function declareLimits({ clock, quota, platforms, settings, onSettings }: DeclareDeps): Disposable {
  const bag = new DisposableBag();
  const told = new Map<string, string>();
  let sharing = JSON.stringify([[], true]);
  const declare = () => {
    const { limits, 'quota.penalizeOveruse': penalised } = settings();
    const ids = platforms.list.map(({ id }) => id);
    const shared = sharedBuckets(limits, ids, kindOf);
    const all = JSON.stringify([shared, penalised]);
    if (all !== sharing) quota.share(shared);
    sharing = all;
    // One that is connected anew was forgotten meanwhile.
    for (const id of told.keys()) if (!ids.includes(id)) told.delete(id);
    for (const id of ids) {
      const own = limitsOf(limits, id, kindOf(id));
      const text = JSON.stringify([own, penalised]);
      if (told.get(id) === text) continue;
      told.set(id, text);
      quota.declare(id, own);
    }
  };
  bag.add(onSettings(declare));
  bag.add(platforms.onChange(declare));
  bag.add(clock.after(OPEN_AFTER_MS, declare));
  return bag;
}

/** `anthropic` for `anthropic-2`. */
function kindOf(id: string): string {
  return id.replace(/-\d+$/, '');
}
