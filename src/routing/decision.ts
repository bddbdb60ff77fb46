/** Why a model was chosen, as facts; the editor turns them into words. Units: USD, milliseconds, tokens. */
import type { Tier } from '../base/task.ts';
import type { Ability } from './capabilities.ts';
import type { TaskFeatures } from './features.ts';

/** What VS Code's own chat asks for by itself, beside what a person asked. */
export type HelperKind = 'title' | 'progress' | 'branch-name' | 'summary' | 'goal';

export type Reason =
  | { readonly kind: 'complexity'; readonly value: number; readonly band: 'simple' | 'medium' | 'complex' }
  /** `chance` of an adequate answer passes `bar`. */
  | { readonly kind: 'cheapest-adequate'; readonly chance: number; readonly bar: number }
  /** None passes the bar: the best one is taken. */
  | { readonly kind: 'best-available'; readonly chance: number; readonly bar: number }
  | { readonly kind: 'rule'; readonly rule: string }
  | { readonly kind: 'asked-stronger'; readonly than: string }
  /** The person chose this very model. */
  | { readonly kind: 'asked-by-name' }
  /** Only models of these tiers may answer. */
  | { readonly kind: 'tiers'; readonly tiers: readonly Tier[] }
  /** VS Code asks for this by itself: the cheapest model will do. */
  | { readonly kind: 'helper'; readonly helper: HelperKind }
  /** The talk stays with this model: its platform still holds so many tokens of it. */
  | { readonly kind: 'kept-warm'; readonly tokens: number }
  /** `sure` false: it is not known whether the model can. */
  | {
      readonly kind: 'skipped-cannot';
      readonly model: string;
      readonly lacks: Ability;
      readonly sure: boolean;
    }
  | { readonly kind: 'only-model' }
  | {
      readonly kind: 'skipped-no-room';
      readonly model: string;
      readonly limit: string;
      readonly waitMs: number;
    }
  /** Cheaper by its price, but its limit will run out before it is full again: its tokens count `worth` times. */
  | { readonly kind: 'spared'; readonly model: string; readonly worth: number }
  | { readonly kind: 'skipped-too-long'; readonly model: string; readonly contextTokens: number }
  | { readonly kind: 'rule-names-missing-model'; readonly model: string }
  /** The settings of this variant were in force. */
  | { readonly kind: 'experiment'; readonly experiment: string; readonly variant: string }
  /** A model chosen first failed before its first token. */
  | { readonly kind: 'fell-back'; readonly from: string; readonly code: string };

export interface Option {
  readonly modelKey: string;
  readonly label: string;
  readonly tier: Tier;
  /** Chance in [0, 1] that the answer is good enough. */
  readonly chance: number;
  /** Absent: the price is unknown. */
  readonly estimatedUsd?: number;
  readonly estimatedMs: number;
  /** Paid for already: `estimatedUsd` is 0. */
  readonly billing?: 'subscription';
  readonly simulated: boolean;
}

export interface Decision {
  readonly chosen: Option;
  readonly reasons: readonly Reason[];
  /** Distance of the choice from the next one, as a chance in [0, 1]. */
  readonly confidence: number;
  readonly nextCheaper?: Option;
  readonly nextDearer?: Option;
  /** In the order in which they would be tried. */
  readonly fallbacks: readonly Option[];
  /** What the editor knew of the task. */
  readonly features: TaskFeatures;
  readonly estimatedInputTokens: number;
  readonly estimatedOutputTokens: number;
}
