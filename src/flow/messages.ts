/** What the extension and its webviews say to each other: one union a direction, told apart by `kind`. */
import type { Snapshot } from './snapshot.ts';

/** Texts of a webview by key, in the person's language. `{0}`, `{1}` stand for values. */
export type PanelTexts = Readonly<Record<string, string>>;

/** What the answer view draws. All strings but `markdown` are finished words. */
export interface AnswerState {
  readonly title: string;
  /** What was asked: the command and the place. */
  readonly subtitle: string;
  readonly phase: 'waiting' | 'streaming' | 'done' | 'failed' | 'cancelled';
  /** While waiting: what for. */
  readonly status: string;
  readonly markdown: string;
  /** Set when something went wrong: what happened, what was kept, what can be done. */
  readonly problem?: string;
  /** Set when the answer is from no real model. */
  readonly simulated: boolean;
  /** What was cut from the selection before sending, and the like. */
  readonly notices: readonly string[];
  /** Label and value pairs, in the order to show. */
  readonly receipt: readonly { readonly label: string; readonly value: string; readonly title?: string }[];
  readonly actions: readonly AnswerAction[];
  /** What the person has said of the answer. */
  readonly found?: AnswerFound;
}

export type AnswerFound = 'good' | 'bad';

export const ANSWER_ACTIONS = [
  'anyway',
  'copy',
  'cancel',
  'again',
  'stronger',
  'fresh',
  'good',
  'bad',
  'decision',
  'dashboard',
  'connect',
  'queue',
] as const;

export type AnswerAction = (typeof ANSWER_ACTIONS)[number];

export type ToPanel =
  | { readonly kind: 'texts'; readonly texts: PanelTexts; readonly locale: string }
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly kind: 'answer'; readonly state: AnswerState }
  | { readonly kind: 'failed'; readonly message: string };

export type FromPanel =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer-action'; readonly action: AnswerAction }
  /** A dashboard button or row that runs one of the commands in `PANEL_COMMANDS`. */
  | { readonly kind: 'command'; readonly command: PanelCommand; readonly id?: string };

/** Between two snapshots: at most four a second, however often something changes. Milliseconds. */
export const SNAPSHOT_EVERY_MS = 250;

export const PANEL_COMMANDS = ['connect', 'explain', 'decision', 'log', 'walkthrough'] as const;

export type PanelCommand = (typeof PANEL_COMMANDS)[number];
