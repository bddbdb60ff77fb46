/** Builds what reuses answers before anybody asks for them again: the semantic level, and what is asked ahead. */
import { systemClock as clock } from './base/clock.ts';
import type { DisposableBag } from './base/disposable.ts';
import type { AnswerCache } from './flow/answerCache.ts';
import { LazyBackground } from './flow/lazyBackground.ts';
import type { LazyLookAhead } from './flow/lazyLookAhead.ts';
import type { Pipeline } from './flow/pipeline.ts';
import type { Platforms } from './flow/platforms.ts';
import type { RouteRequest } from './flow/request.ts';
import type { Settings } from './flow/settings.ts';
import { LazySimilar } from './flow/similar.ts';
import { hasSpare } from './flow/spareQuota.ts';
import { localDay } from './metrics/usageLedger.ts';
import type { Quota } from './quota/quota.ts';

/** Loaded after a first request, with the questions that this machine has kept in `file`. */
export function openSimilar(
  file: string,
  settings: () => Settings,
  onFailure: (error: unknown) => void,
  cache: AnswerCache,
): LazySimilar {
  const open = async () => {
    const [{ SimilarAnswers }, { SqliteQuestions }] = await Promise.all([
      import('./flow/similarAnswers.ts'),
      import('./node/sqliteQuestions.ts'),
    ]);
    const opening = SqliteQuestions.open(file, clock, onFailure);
    // Without it nothing outlives the window.
    const store = await opening.catch(onFailure);
    return new SimilarAnswers({
      ...{ clock, settings, host: globalThis },
      scopeOf: (request) => cache.questionScope(request),
      answerOf: (key, request, signal) => cache.known(key, request, signal),
      ...(store === undefined ? {} : { store }),
    });
  };
  return new LazySimilar({ clock, onFailure, open });
}

export interface AheadParts {
  readonly cache: AnswerCache;
  readonly pipeline: Pipeline;
  readonly platforms: Platforms;
  readonly quota: Quota;
  readonly lookAhead: LazyLookAhead;
  readonly settings: () => Settings;
  /** What is checked before it is shown is not asked ahead: nobody would look at the checks. */
  readonly holds: (request: RouteRequest) => boolean;
  /** Ends what is opened with the window. */
  readonly owned: DisposableBag;
}

/** `file` keeps what the person asks, which it learns from, and what it spent. */
export function openBackground(
  file: string,
  onFailure: (error: unknown) => void,
  { cache, pipeline, platforms, quota, lookAhead, settings, holds, owned }: AheadParts,
): LazyBackground {
  const open = async () => {
    const [{ Background }, { JsonFile }] = await Promise.all([
      import('./flow/background.ts'),
      import('./node/jsonFile.ts'),
    ]);
    const store = owned.add(new JsonFile(file, clock, onFailure));
    const ahead = await lookAhead.get();
    return Background.open({
      ...{ clock, store, settings, day: localDay },
      run: (request, signal) => pipeline.run(request, () => undefined, signal),
      preview: (request) => pipeline.preview(request).decision,
      keyOf: (request) => (holds(request) ? undefined : cache.key(request)),
      known: async (key, request, signal) => (await cache.known(key, request, signal)) !== undefined,
      running: () => pipeline.running,
      spare: (key) => {
        const { platform, name } = platforms.model(key);
        return hasSpare(platform, name, quota.states(), (state) => ahead.ahead(state));
      },
    });
  };
  const wanted = () => settings()['background.enabled'] && settings()['cache.enabled'];
  return new LazyBackground({ clock, pipeline, onFailure, wanted, open });
}
