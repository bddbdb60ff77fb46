/** What is remembered of each connected platform; everything but its key, which is in VS Code's secret storage. */

export interface Account {
  /** `anthropic`, `anthropic-2`, …: the first part of its models' keys. */
  readonly id: string;
  /** Id of a platform kind. */
  readonly kind: string;
  /** What the person calls it. */
  readonly name: string;
  readonly paused: boolean;
  /** Only where the kind has no address of its own. */
  readonly baseUrl?: string;
  /** Names that the platform listed when it was tried last. */
  readonly listed: readonly string[];
}

const MOST_LISTED = 500;

/** What an older or newer version, or another program, wrote: what cannot be used is left out. */
export function parseAccounts(raw: unknown): Account[] {
  if (!Array.isArray(raw)) return [];
  const accounts = raw.map(parseAccount).filter((account) => account !== undefined);
  return accounts.filter(({ id }, index) => accounts.findIndex((other) => other.id === id) === index);
}

function parseAccount(raw: unknown): Account | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const { id, kind, name, paused, baseUrl, listed } = raw as Record<string, unknown>;
  if (typeof id !== 'string' || !/^[a-z0-9-]+$/.test(id) || typeof kind !== 'string') return undefined;
  return {
    id,
    kind,
    name: typeof name === 'string' && name !== '' ? name : id,
    paused: paused === true,
    listed: Array.isArray(listed)
      ? listed.filter((one) => typeof one === 'string').slice(0, MOST_LISTED)
      : [],
    ...(typeof baseUrl === 'string' && baseUrl !== '' ? { baseUrl } : {}),
  };
}

/** The first free one of `kind`, `kind-2`, `kind-3`, … */
export function freeId(kind: string, taken: readonly Account[]): string {
  const ids = new Set(taken.map(({ id }) => id));
  if (!ids.has(kind)) return kind;
  let number = 2;
  while (ids.has(`${kind}-${number}`)) number += 1;
  return `${kind}-${number}`;
}
