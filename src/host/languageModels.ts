/**
 * Sluice as a provider of language models for VS Code's chat and for other extensions. What starts with the window is
 * only its name; all else is loaded with the first question.
 */
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import type { Log } from '../base/log.ts';
import { once } from '../base/once.ts';
import type { Random } from '../base/random.ts';
import { throttle } from '../base/throttle.ts';
import type { Hasher } from '../cache/fingerprint.ts';
import type { Pipeline } from '../flow/pipeline.ts';
import type { Platforms } from '../flow/platforms.ts';
import type { BucketView } from '../flow/snapshot.ts';
import type { ExactCount, TokenEstimator } from '../prompt/tokenEstimator.ts';

/** As in `contributes.languageModelChatProviders`. */
export const VENDOR = 'sluice';

/** The levels in a model's tooltip follow at this pace. */
const LEVELS_MS = 60_000;

export interface LanguageModelDeps {
  readonly pipeline: Pipeline;
  readonly platforms: Platforms;
  readonly estimator: TokenEstimator;
  readonly count: ExactCount;
  readonly hash: Hasher;
  readonly random: Random;
  readonly buckets: () => readonly BucketView[];
  /** Fires when a limit's level may have changed. */
  readonly onLevels: (listener: () => void) => Disposable;
  readonly clock: Clock;
  readonly log: Log;
}

export function registerLanguageModels(deps: LanguageModelDeps): Disposable {
  const bag = new DisposableBag();
  const changed = bag.add(new vscode.EventEmitter<void>());
  const chat = once(async () => {
    const { LanguageModelChat } = await import('./languageModelChat.ts');
    return new LanguageModelChat(deps);
  });
  const provider: vscode.LanguageModelChatProvider = {
    onDidChangeLanguageModelChatInformation: changed.event,
    provideLanguageModelChatInformation: async () => (await chat()).information(),
    provideLanguageModelChatResponse: async (model, messages, options, progress, token) =>
      (await chat()).respond(model.id, { messages, options }, progress, token),
    provideTokenCount: async (model, text) => (await chat()).count(model.id, text),
  };
  bag.add(vscode.lm.registerLanguageModelChatProvider(VENDOR, provider));
  bag.add(deps.platforms.onChange(() => changed.fire()));
  const follow = async () => {
    if ((await chat()).outdated()) changed.fire();
  };
  const levels = bag.add(throttle(() => void follow(), LEVELS_MS, deps.clock));
  bag.add(deps.onLevels(() => levels.request()));
  // VS Code knows our models only once somebody asked for them: without this its first request of the chat view fails
  // with 'Language model unavailable' (seen in 1.139). Not while the extension starts.
  bag.add(deps.clock.after(0, () => void vscode.lm.selectChatModels({ vendor: VENDOR })));
  return bag;
}
