/** `Sluice: Write Commit Message`: from the staged changes, else all, into the box of the source control view. */
import * as vscode from 'vscode';
import { readCommitMessage } from '../prompt/readCommitMessage.ts';
import { cutAtLine } from './editorContext.ts';
import { localOnlyFor } from './localOnly.ts';
import { runTask, type TaskDeps, tellDone } from './taskRun.ts';

const t = vscode.l10n.t;
const CHARS_PER_KB = 1_024;

/** The parts used of the API, version 1, of VS Code's own Git extension (extensions/git/src/api/git.d.ts, read 2026-11-21). */
interface Repository {
  readonly rootUri: vscode.Uri;
  readonly inputBox: { value: string };
  diff(cached?: boolean): Promise<string>;
}
interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): { readonly repositories: readonly Repository[] };
}

/** `from`: the source control that the button belongs to. Resolves with the message that was written. */
export async function writeCommitMessage(deps: TaskDeps, from: unknown): Promise<string | undefined> {
  const repository = await chooseRepository(from);
  if (repository === undefined) return undefined;
  const diff = (await repository.diff(true)) || (await repository.diff(false));
  if (diff.trim() === '') {
    void vscode.window.showInformationMessage(t('There are no changes to write a commit message for.'));
    return undefined;
  }
  return write(deps, repository, diff, undefined);
}

async function write(
  deps: TaskDeps,
  repository: Repository,
  diff: string,
  strongerThan: string | undefined,
): Promise<string | undefined> {
  const text = cutAtLine(diff, deps.settings()['request.maxSelectionKilobytes'] * CHARS_PER_KB);
  const before = repository.inputBox.value;
  const answer = await runTask(deps, t('Sluice: writing a commit message'), {
    task: 'commit-message',
    priority: 'medium',
    instruction: '',
    code: {
      ...{ language: 'diff', text, problems: [], cutChars: diff.length - text.length },
      ...localOnlyFor(repository.rootUri),
    },
    freshness: 'cached',
    ...(strongerThan === undefined ? {} : { strongerThan }),
  });
  if (answer === undefined) return undefined;
  const { receipt } = answer;
  const message = readCommitMessage(answer.text);
  if (message === '' || receipt.stop !== 'complete') {
    deps.outcomes.happened(receipt, { kind: 'unusable', why: message === '' ? 'empty' : receipt.stop });
    void tellDone(t('The answer held no whole commit message; the box is as it was.'), receipt);
    return undefined;
  }
  repository.inputBox.value = message;
  const cut =
    text.length < diff.length ? ` ${t('The change was too long: only its beginning was read.')}` : '';
  void tellDone(`${t('Commit message written.')}${cut}`, receipt, {
    [t('Undo')]: () => {
      repository.inputBox.value = before;
      deps.outcomes.happened(receipt, { kind: 'undone', afterMs: deps.clock.now() - receipt.atMs });
    },
    [t('Ask Stronger')]: () => {
      deps.outcomes.happened(receipt, { kind: 'asked-stronger' });
      void write(deps, repository, diff, receipt.modelKey);
    },
  });
  return message;
}

async function chooseRepository(from: unknown): Promise<Repository | undefined> {
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  const git = await extension?.activate();
  const repositories = git?.enabled ? git.getAPI(1).repositories : [];
  if (repositories.length === 0) {
    void vscode.window.showInformationMessage(t('No Git repository is open here.'));
    return undefined;
  }
  const asked = rootOf(from) ?? vscode.window.activeTextEditor?.document.uri;
  const known = repositories.find(({ rootUri }) => asked !== undefined && isInside(asked, rootUri));
  if (known || repositories.length === 1) return known ?? repositories[0];
  const items = repositories.map((repository) => ({
    label: vscode.workspace.asRelativePath(repository.rootUri),
    repository,
  }));
  const picked = await vscode.window.showQuickPick(items, { title: t('Which repository?') });
  return picked?.repository;
}

function rootOf(from: unknown): vscode.Uri | undefined {
  const root = typeof from === 'object' && from !== null && 'rootUri' in from ? from.rootUri : undefined;
  return root instanceof vscode.Uri ? root : undefined;
}

function isInside(uri: vscode.Uri, root: vscode.Uri): boolean {
  return uri.path === root.path || uri.path.startsWith(`${root.path}/`);
}
