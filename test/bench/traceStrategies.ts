/** The ways to send a trace: Sluice's own quota, and what one does without it. Units: milliseconds, tokens. */
import { throttle } from '../../src/base/throttle.ts';
import { LookAhead } from '../../src/flow/lookAhead.ts';
import { idleShare } from '../../src/quota/idleShares.ts';
import { Quota } from '../../src/quota/quota.ts';
import { PLATFORMS, type PlatformName, PREFERRED, type World } from './traceWorld.ts';

const MODEL = 'model';
/** As the dispatcher and the settings have them. */
const PATIENCE_WITH_FALLBACK_MS = 2_000;
const MAX_WAIT_MS = 20_000;
const WATCH_EVERY_MS = 1_000;
/** What one reserves without a prediction: the usual length of an answer to a question. */
const USUAL_OUTPUT = 400;
const never = new AbortController().signal;

export type Strategy = (world: World) => Promise<void>;

export interface SluiceOptions {
  readonly priorities: boolean;
}

/**
 * The dispatcher's steps: the first platform with room; without any, patience with the preferred one, then the fallback;
 * what is refused is queued until the time that the refusal names.
 */
export const sluice =
  ({ priorities }: SluiceOptions): Strategy =>
  async (world) => {
    const ahead = new LookAhead({ clock: world.clock, events: () => [] });
    const quota: Quota = new Quota(world.clock, {
      priorities: () => priorities,
      unusedShare: (priority, _nowMs, platform) =>
        ahead.unusedShare(priority, platform) ?? idleShare(quota.idleMs(platform, priority)),
    });
    for (const platform of PLATFORMS) {
      const { size, refillPerMs } = world.servers[platform];
      // A reading of a bucket that is nearly full: the rate is what it lacks by the time that it says.
      const reading = { unit: 'tokens' as const, limit: size, remaining: size / 2, atMs: world.clock.now() };
      quota.read(platform, [{ ...reading, fullInMs: size / 2 / refillPerMs }]);
      quota.read(platform, [{ ...reading, remaining: size, fullInMs: 0 }]);
    }
    const watching = throttle(() => ahead.watch(quota.states()), WATCH_EVERY_MS, world.clock);
    quota.onChange(() => watching.request());
    await world.run((index) => void runOne(world, quota, ahead, index));
    watching.dispose();
    quota.dispose();
  };

async function runOne(world: World, quota: Quota, lookAhead: LookAhead, index: number): Promise<void> {
  const { inputTokens, outputTokens, priority } = world.task(index);
  const ahead = {
    task: 'question',
    model: MODEL,
    inputTokens,
    usualOutputTokens: USUAL_OUTPUT,
    usualMs: 1_000,
  };
  const demand = { inputTokens, outputTokens: Math.ceil(lookAhead.outputTokens(ahead).p90) };
  const hasRoom = (platform: PlatformName) => quota.room(platform, MODEL, demand, priority).waitMs === 0;
  let told = false;
  for (;;) {
    const first = PLATFORMS.find(hasRoom) ?? PREFERRED;
    const order = PLATFORMS.toSorted((a) => (a === first ? -1 : 1));
    let waitMs = Number.POSITIVE_INFINITY;
    for (const [place, platform] of order.entries()) {
      const patienceMs = place === 0 ? PATIENCE_WITH_FALLBACK_MS : MAX_WAIT_MS;
      const onWait = () => {
        told = true;
      };
      const grant = await quota.acquire(
        { platform, model: MODEL, demand, priority },
        { patienceMs, onWait },
        never,
      );
      if (!grant.approved) {
        waitMs = Math.min(waitMs, grant.waitMs);
        continue;
      }
      if (told) world.fate(index).hits += 1;
      told = false;
      const refusedMs = world.send(index, platform);
      if (refusedMs === 0) {
        world.clock.after(world.lastsMs(index), () => {
          grant.reservation.settle({ inputTokens, outputTokens });
          lookAhead.learn(ahead, { inputTokens, outputTokens }, priority);
        });
        return;
      }
      grant.reservation.dispose();
      waitMs = Math.min(waitMs, refusedMs);
    }
    told = true;
    await new Promise<void>((resolve) => {
      world.clock.after(waitMs, resolve);
    });
  }
}

/** Sends at once, and after a 429 again when the platform says so. */
export const noControl =
  (platforms: readonly PlatformName[]): Strategy =>
  (world) => {
    const attempt = (index: number) => {
      let waitMs = Number.POSITIVE_INFINITY;
      for (const platform of platforms) {
        const refusedMs = world.send(index, platform);
        if (refusedMs === 0) return;
        waitMs = Math.min(waitMs, refusedMs);
      }
      world.clock.after(waitMs, () => attempt(index));
    };
    return world.run(attempt);
  };

/** One after the other, each at the distance that the mean task needs; to the platforms in turn. */
export const fixedSpacing =
  (platforms: readonly PlatformName[]): Strategy =>
  (world) => {
    const { tasks, servers } = world;
    const mean =
      tasks.reduce((sum, { inputTokens, outputTokens }) => sum + inputTokens + outputTokens, 0) /
      tasks.length;
    const spacingMs = mean / servers.preferred.refillPerMs / platforms.length;
    let freeAtMs = 0;
    let turn = 0;
    const attempt = (index: number) => {
      const platform = platforms[turn++ % platforms.length] ?? PREFERRED;
      const waitMs = world.send(index, platform);
      if (waitMs > 0) world.clock.after(waitMs, () => attempt(index));
    };
    return world.run((index) => {
      const atMs = Math.max(world.nowMs, freeAtMs);
      freeAtMs = atMs + spacingMs;
      world.clock.after(atMs - world.nowMs, () => attempt(index));
    });
  };

/** One bucket for each platform that is kept by us, without priorities or predictions, first come, first served. */
export const plainBucket =
  (platforms: readonly PlatformName[]): Strategy =>
  (world) => {
    const levels = new Map(
      platforms.map((platform) => [platform, { tokens: world.servers[platform].size, atMs: 0 }]),
    );
    const line: number[] = [];
    let timer = false;
    const wants = (index: number) => world.task(index).inputTokens + USUAL_OUTPUT;
    /** 0: sent. */
    const attempt = (index: number): number => {
      let waitMs = Number.POSITIVE_INFINITY;
      for (const platform of platforms) {
        const { size, refillPerMs } = world.servers[platform];
        const level = levels.get(platform);
        if (level === undefined) continue;
        level.tokens = Math.min(size, level.tokens + (world.nowMs - level.atMs) * refillPerMs);
        level.atMs = world.nowMs;
        const missing = wants(index) - level.tokens;
        if (missing > 0) {
          waitMs = Math.min(waitMs, Math.max(1, Math.ceil(missing / refillPerMs)));
          continue;
        }
        const refusedMs = world.send(index, platform);
        if (refusedMs > 0) {
          waitMs = Math.min(waitMs, refusedMs);
          continue;
        }
        level.tokens -= wants(index);
        const { inputTokens, outputTokens } = world.task(index);
        world.clock.after(world.lastsMs(index), () => {
          level.tokens = Math.min(size, level.tokens + wants(index) - inputTokens - outputTokens);
        });
        return 0;
      }
      return waitMs;
    };
    const pump = () => {
      for (let [first] = line; first !== undefined && !timer; [first] = line) {
        const waitMs = attempt(first);
        if (waitMs === 0) {
          line.shift();
          continue;
        }
        timer = true;
        world.clock.after(waitMs, () => {
          timer = false;
          pump();
        });
      }
    };
    return world.run((index) => {
      line.push(index);
      pump();
      if (line.includes(index)) world.fate(index).hits += 1;
    });
  };
