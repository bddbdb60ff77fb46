/** The levels of this machine in their file; while that cannot be written to, as on a full disk, each window for itself. */
import type { Clock } from '../base/clock.ts';
import { SluiceError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import { ReturningLevels } from '../quota/returningLevels.ts';
import { SqliteLevels } from './sqliteLevels.ts';

export interface MachineLevelsDeps {
  readonly file: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly holder: string;
  /** Hears why the file cannot be used; and `undefined` when it can again. */
  readonly onState: (trouble: unknown) => void;
}

/** Throws `storage-unusable` where waiting would not mend it: a newer version's file. */
export function openMachineLevels(deps: MachineLevelsDeps): Promise<ReturningLevels> {
  const { file, clock, random, holder, onState } = deps;
  return ReturningLevels.open({
    clock,
    holder,
    open: (failed) => SqliteLevels.open({ file, clock, random, onFailure: failed }),
    passes: (error) => SluiceError.is(error, 'storage-unusable') && error.facts.why === 'not-writable',
    onState,
  });
}
