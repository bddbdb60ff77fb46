/** Who gets which variant of an experiment, and under which name its results are kept. */
import type { Experiment, Variant } from './experiments.ts';

/** Digest of parts in base64url, evenly spread. */
export type Digest = (parts: readonly string[]) => string;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** Six bits each. */
const DIGITS = 8;

/** A number in [0, 1) that is the same for the same digest. */
function shareOf(digest: string): number {
  const digits = [...digest.slice(0, DIGITS)];
  return digits.reduceRight((share, digit) => (share + ALPHABET.indexOf(digit)) / ALPHABET.length, 0);
}

/**
 * The same `unit` (an installation, or an installation and what is asked) always has the same variant of an
 * experiment, and its variants in two experiments have nothing to do with each other. The first variant takes the
 * place of one in `stopped`.
 */
export function assign(
  experiment: Pick<Experiment, 'name' | 'variants'>,
  unit: readonly string[],
  digest: Digest,
  stopped: ReadonlySet<string> = new Set(),
): Variant | undefined {
  const { name, variants } = experiment;
  const share = shareOf(digest(['experiment', name, ...unit]));
  const all = variants.reduce((sum, { weight }) => sum + weight, 0);
  let reached = 0;
  const found = variants.find(({ weight }) => {
    reached += weight / all;
    return share < reached;
  });
  const variant = found ?? variants.at(-1);
  return variant !== undefined && stopped.has(variant.name) ? variants[0] : variant;
}

/** Names one experiment as it is declared: whoever changes its variants begins to count anew. */
export function experimentKey({ name, per, tasks = [], variants }: Experiment, digest: Digest): string {
  const declared = JSON.stringify([per, tasks, variants.map(({ name, settings }) => [name, settings])]);
  return `${name}#${digest([declared]).slice(0, 8)}`;
}
