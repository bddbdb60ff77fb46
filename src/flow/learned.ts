/** What a request asks of what was learned from outcomes; loaded with the first request. */
import type { Chance } from '../routing/adequacyModel.ts';
import type { TaskFeatures } from '../routing/features.ts';

export interface Learned {
  /** `modelKeys` from cheap to dear; one chance for each, in the same order. */
  chances(modelKeys: readonly string[], features: TaskFeatures): readonly Chance[];
}
