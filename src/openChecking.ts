/** Joins what checks answers with the grammars that stand beside the chunks. */
import { systemClock as clock } from './base/clock.ts';
import { once } from './base/once.ts';
import { systemRandom as random } from './base/random.ts';
import type { CoreDeps } from './buildCore.ts';
import type { Dispatcher } from './flow/dispatcher.ts';
import { LazyChecking } from './flow/lazyChecking.ts';
import type { Outcomes } from './flow/outcomes.ts';
import type { Receipt, RouteRequest } from './flow/request.ts';

export interface CheckedParts {
  readonly dispatcher: Dispatcher;
  readonly outcomes: Outcomes;
  readonly spent: (receipt: Receipt, request: RouteRequest) => void;
}

export function openChecking({ context, settings, log }: CoreDeps, parts: CheckedParts): LazyChecking {
  const { dispatcher, outcomes, spent: onSpent } = parts;
  const store = context.globalState;
  const folder = context.asAbsolutePath('dist');
  const parser = once(async () => {
    const { TreeSitterParser } = await import('./node/treeSitterParser.ts');
    return new TreeSitterParser({ folder, clock });
  });
  return new LazyChecking(async () => {
    const { AnswerChecking } = await import('./flow/answerChecking.ts');
    const read = () => settings.settings;
    const own = { clock, random, log, store, settings: read };
    return new AnswerChecking({ ...own, dispatcher, outcomes, parser, onSpent });
  }, store);
}
