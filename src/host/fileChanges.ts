/** Tells the cache which files were saved or are gone. */
import * as vscode from 'vscode';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import type { Log } from '../base/log.ts';
import type { CacheHappening } from '../cache/cacheEvents.ts';
import type { Settings } from '../flow/settings.ts';
import { addressOf, fileUseOf } from './fileUse.ts';

export interface FileChangesDeps {
  readonly cache: {
    /** Before the first request nothing is, and there is nothing to tell it. */
    readonly isOpen: boolean;
    happened(event: CacheHappening): Promise<void>;
  };
  readonly settings: () => Pick<Settings, 'cache.boundTo'>;
  readonly log: Log;
}

export function watchFiles({ cache, settings, log }: FileChangesDeps): Disposable {
  const tell = (work: () => Promise<CacheHappening>) => {
    // What is bound to the code that was sent knows of no file.
    if (!cache.isOpen || settings()['cache.boundTo'] !== 'file') return;
    const told = async () => cache.happened(await work());
    // It is looked at again when it is found.
    told().catch((error: unknown) =>
      log.warn('cache not told of a file', { name: error instanceof Error ? error.name : '' }),
    );
  };
  const bag = new DisposableBag();
  bag.add(
    vscode.workspace.onDidSaveTextDocument((document) =>
      tell(async () => ({ kind: 'file_change', ...(await fileUseOf(document)) })),
    ),
  );
  bag.add(
    vscode.workspace.onDidDeleteFiles(({ files }) => {
      for (const uri of files) tell(async () => ({ kind: 'file_change', path: await addressOf(uri) }));
    }),
  );
  return bag;
}
