/** Why a model was chosen, as facts; the editor turns them into words. Units: USD, milliseconds, tokens. */
import type { CheckResult } from '../base/check.ts';
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
  /** None passes the bar: the cheapest of those that come as near as the best. */
  | { readonly kind: 'near-best'; readonly chance: number; readonly bar: number }
  /** Checked before anyone sees it, and so a better beginning than `instead`; `inAll`: the chance with going up. */
  | {
      readonly kind: 'planned';
      readonly instead: string;
      readonly chance: number;
      readonly inAll: number;
      readonly bar: number;
    }
  /** Tried out instead of another, to learn what it can do. */
  | { readonly kind: 'explored'; readonly instead: string; readonly chance: number }
  /** Passes the bar too and costs less a call, but more in all: its answers would have to be asked for again. */
  | { readonly kind: 'dearer-in-all'; readonly model: string; readonly chance: number; readonly usd: number }
  /** The chance of the chosen model comes from so many outcomes of such tasks. */
  | { readonly kind: 'learned'; readonly outcomes: number }
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
  /** Cheaper by its price, but its platform fails or is slow just now: its tokens count `worth` times. */
  | {
      readonly kind: 'unsteady';
      readonly model: string;
      readonly failed: number;
      readonly slower: number;
      readonly worth: number;
    }
  | { readonly kind: 'skipped-too-long'; readonly model: string; readonly contextTokens: number }
  | { readonly kind: 'rule-names-missing-model'; readonly model: string }
  /** Its answer failed this check and was not shown. */
  | { readonly kind: 'went-up'; readonly from: string; readonly failure: CheckResult }
  /** All answers failed a check; this one got furthest. */
  | { readonly kind: 'best-of-failed'; readonly failure: CheckResult; readonly of: number }
  /** The rule's model is connected but cannot or may not take this request. */
  | { readonly kind: 'rule-cannot'; readonly model: string }
  /** Nothing may leave this machine: so many models were left out. */
  | { readonly kind: 'local-only'; readonly others: number }
  /** The person's lists leave so many models out. */
  | { readonly kind: 'not-allowed'; readonly count: number }
  | {
      readonly kind: 'skipped-too-dear';
      readonly model: string;
      readonly usd: number;
      readonly maxUsd: number;
    }
  | { readonly kind: 'skipped-too-slow'; readonly model: string; readonly ms: number; readonly maxMs: number }
  /** None answers within the time: the fastest was taken. */
  | { readonly kind: 'none-so-fast'; readonly maxMs: number }
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
  /** One standard deviation of `chance`, and outcomes of such tasks behind it; absent: nothing was learned. */
  readonly deviation?: number;
  readonly seen?: number;
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
  /** How sure it is, in [0, 1], that the chosen model truly passes the bar. */
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
