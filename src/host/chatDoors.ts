/** The doors that VS Code's own chat has into Sluice: models, the participant `@sluice`, tools. */
import type * as vscode from 'vscode';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { Hasher } from '../cache/fingerprint.ts';
import { bucketViews } from '../flow/bucketViews.ts';
import type { SnapshotSources } from '../flow/buildSnapshot.ts';
import type { Outcomes } from '../flow/outcomes.ts';
import type { Settings } from '../flow/settings.ts';
import type { ExactCount, TokenEstimator } from '../prompt/tokenEstimator.ts';
import { registerLanguageModels } from './languageModels.ts';
import { registerLmTools } from './lmTools.ts';
import { registerParticipant } from './participant.ts';

export interface ChatSources extends SnapshotSources {
  readonly outcomes: Outcomes;
  readonly estimator: TokenEstimator;
  readonly count: ExactCount;
  readonly hash: Hasher;
  readonly random: Random;
  readonly settings: () => Settings;
  readonly log: Log;
}

export function registerChatDoors(sources: ChatSources, extension: vscode.Uri): Disposable {
  const { quota, clock } = sources;
  const deps = {
    ...sources,
    buckets: () => bucketViews(sources, clock.now()),
    onLevels: (listener: () => void) => quota.onChange(listener),
  };
  const bag = new DisposableBag();
  bag.add(registerLanguageModels(deps));
  bag.add(registerParticipant(deps, extension));
  bag.add(registerLmTools(deps));
  return bag;
}
