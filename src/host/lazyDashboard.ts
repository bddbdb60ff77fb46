/** The sidebar dashboard, loaded when it is first opened. */
import type * as vscode from 'vscode';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import { once } from '../base/once.ts';
import type { DashboardDeps, DashboardView } from './dashboardView.ts';

export const DASHBOARD_VIEW = 'sluice.dashboard';

export class LazyDashboard implements vscode.WebviewViewProvider, Disposable {
  readonly #bag = new DisposableBag();
  readonly #get: () => Promise<DashboardView>;
  #loaded: DashboardView | undefined;

  constructor(deps: DashboardDeps) {
    this.#get = once(async () => {
      const { DashboardView: Loaded } = await import('./dashboardView.ts');
      this.#loaded = this.#bag.add(new Loaded(deps));
      return this.#loaded;
    });
  }

  /** Something that the dashboard shows has changed. */
  changed(): void {
    this.#loaded?.changed();
  }

  async resolveWebviewView(view: vscode.WebviewView): Promise<void> {
    (await this.#get()).resolveWebviewView(view);
  }

  dispose(): void {
    this.#bag.dispose();
  }
}
