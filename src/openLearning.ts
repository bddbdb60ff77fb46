/** Joins what is learned from outcomes with its file; its chunk and its file are opened with the first request. */
import { systemClock as clock } from './base/clock.ts';
import { systemRandom as random } from './base/random.ts';
import type { CoreDeps } from './buildCore.ts';
import type { AnswerCache } from './flow/answerCache.ts';
import { LazyLearning } from './flow/lazyLearning.ts';
import type { LearningDeps } from './flow/learning.ts';
import type { Outcomes } from './flow/outcomes.ts';
import type { Platforms } from './flow/platforms.ts';
import { requestId } from './flow/receipts.ts';

export interface LearningParts {
  /** Where it is kept. */
  readonly file: string;
  readonly platforms: Platforms;
  readonly outcomes: Outcomes;
  readonly cache: AnswerCache;
  readonly believed: NonNullable<LearningDeps['believed']>;
}

export function openLearning(
  { settings, notices, log, owned }: CoreDeps,
  { file, platforms, outcomes, cache, believed }: LearningParts,
): LazyLearning {
  const onFailure = (error: unknown) => notices.storageFailed(error);
  return new LazyLearning({
    clock,
    outcomes,
    onFailure,
    believed,
    wanted: () => settings.settings['routing.learn'],
    qualityOf: (key) => platforms.models.find((model) => model.key === key)?.quality,
    onDrift: ({ modelKey: model, better }) => {
      notices.drifted(model, better);
      const failed = () => log.warn('cache keeps answers of a changed model', { model });
      cache.happened({ kind: 'model_update', model }).catch(failed);
    },
    open: async () => {
      const { SqliteLessons } = await import('./node/sqliteLessons.ts');
      const holder = `${process.pid}-${requestId(random)}`;
      const onMovedAside = (aside: string) => notices.learnedMovedAside(aside);
      return owned.add(await SqliteLessons.open({ file, holder, clock, onFailure, onMovedAside }));
    },
  });
}
