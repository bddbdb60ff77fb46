/** What checks answers, loaded with the first one that is to be checked, or when its counts are to be shown. */
import type { CheckKind } from '../base/check.ts';
import type { Disposable } from '../base/disposable.ts';
import type { AnswerChecking } from './answerChecking.ts';
import type { CheckBelief, CheckRate } from './checkRates.ts';
import type { KeyedStore } from './lazyLookAhead.ts';
import type { RouteRequest } from './request.ts';

export const CHECK_RATES = 'sluice.checkRates';

export class LazyChecking implements Disposable {
  readonly #open: () => Promise<AnswerChecking>;
  readonly #store: Pick<KeyedStore, 'get'>;
  #current: AnswerChecking | undefined;
  #loading: Promise<AnswerChecking> | undefined;

  constructor(open: () => Promise<AnswerChecking>, store: Pick<KeyedStore, 'get'>) {
    this.#open = open;
    this.#store = store;
  }

  get(): Promise<AnswerChecking> {
    this.#loading ??= this.#open().then((checking) => {
      this.#current = checking;
      return checking;
    });
    return this.#loading;
  }

  /** Empty until they are loaded; where none were ever counted nothing is loaded. */
  get rates(): readonly CheckRate[] {
    if (this.#current === undefined && this.#store.get(CHECK_RATES) !== undefined) void this.get();
    return this.#current?.rates ?? [];
  }

  /** Undefined until they are loaded, as they are before any check runs. */
  believed(check: CheckKind): CheckBelief | undefined {
    return this.#current?.believed(check);
  }

  /** As the cascade would send it; it begins as any other until the checks are loaded, with the first that is held. */
  planned(request: RouteRequest): RouteRequest {
    return this.#current?.cascade.planned(request) ?? request;
  }

  dispose(): void {
    this.#current?.dispose();
  }
}
