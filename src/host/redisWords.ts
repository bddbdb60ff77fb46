/** What is said of the Redis in which a team shares its limits. */
import * as vscode from 'vscode';

const t = vscode.l10n.t;

/** In VS Code's secret storage. */
export const REDIS_PASSWORD = 'sluice.redis.password';

/** With it a team’s values in Redis are sealed. */
export const CACHE_SECRET = 'sluice.cache.secret';

export type RedisTroubleName = 'unreachable' | 'password' | 'read-only' | 'full' | 'foreign' | 'cluster';

export function redisWords(trouble: RedisTroubleName): string {
  switch (trouble) {
    case 'unreachable':
      return t('Team limits: Redis is not reachable; the last known share is used.');
    case 'password':
      return t(
        'Team limits: Redis does not accept the password; the last known share is used. “Sluice: Set Redis Password…” sets it.',
      );
    case 'read-only':
      return t('Team limits: Redis can only be read; the last known share is used.');
    case 'full':
      return t('Team limits: Redis is full; the last known share is used.');
    case 'foreign':
      return t(
        'Team limits: Redis holds other data under this prefix; the last known share is used. “sluice.redis.prefix” chooses another.',
      );
    case 'cluster':
      return t('Team limits: a Redis cluster is not supported; the last known share is used.');
  }
}
