/** `Sluice: Write Tests` and `Sluice: Translate…`: code that belongs into a file of its own. */
import * as vscode from 'vscode';
import { DisposableBag } from '../base/disposable.ts';
import type { TaskType } from '../base/task.ts';
import type { CodeContext, Receipt } from '../flow/request.ts';
import { testFileName } from '../prompt/testFileName.ts';
import { type BesideFile, codeOf, GrowingFile, ReceiptLenses } from './besideFile.ts';
import { runTask, type TaskDeps, tellDone } from './taskRun.ts';
import { codeHere, cutNotices, placedCodeHere } from './taskSelection.ts';
import { taskName } from './words.ts';

const t = vscode.l10n.t;

/** Programming languages by VS Code's ids (code.visualstudio.com/docs/languages/identifiers, read 2026-11-21). */
const LANGUAGES: Readonly<Record<string, string>> = {
  c: 'C',
  cpp: 'C++',
  csharp: 'C#',
  dart: 'Dart',
  go: 'Go',
  java: 'Java',
  javascript: 'JavaScript',
  kotlin: 'Kotlin',
  php: 'PHP',
  python: 'Python',
  ruby: 'Ruby',
  rust: 'Rust',
  scala: 'Scala',
  shellscript: 'Shell',
  sql: 'SQL',
  swift: 'Swift',
  typescript: 'TypeScript',
};

interface Wanted {
  readonly task: TaskType;
  readonly instruction: string;
  readonly code: CodeContext;
  readonly file: BesideFile;
}

export class WriteBeside {
  readonly #deps: TaskDeps;
  readonly #bag = new DisposableBag();
  readonly #lenses = this.#bag.add(new ReceiptLenses());

  constructor(deps: TaskDeps) {
    this.#deps = deps;
    this.#bag.add(vscode.workspace.onDidSaveTextDocument((saved) => this.#noteSaved(saved)));
  }

  /** Resolves with the receipt once the file stands. */
  async writeTests(): Promise<Receipt | undefined> {
    const placed = await placedCodeHere(this.#deps);
    if (placed === undefined) return undefined;
    const { code, document } = placed;
    const uri = await freeTestFile(document);
    const file = { language: document.languageId, ...(uri === undefined ? {} : { uri }) };
    return this.#write({ task: 'tests', instruction: '', code, file });
  }

  /** `to`: VS Code's id of a programming language, from a key binding; without one the person picks it. */
  async translate(to: unknown): Promise<Receipt | undefined> {
    const code = await codeHere(this.#deps);
    if (code === undefined) return undefined;
    const language = typeof to === 'string' && to in LANGUAGES ? to : await pickLanguage(code.language);
    if (language === undefined) return undefined;
    const instruction = `Translate this code to ${LANGUAGES[language]}, the way it is usually written there. Give the result in one fenced block.`;
    return this.#write({ task: 'translate', instruction, code, file: { language } });
  }

  askStronger(uri: unknown): void {
    this.#lenses.askStronger(uri);
  }

  dispose(): void {
    this.#bag.dispose();
  }

  async #write(wanted: Wanted, strongerThan?: string): Promise<Receipt | undefined> {
    const { task, instruction, code, file } = wanted;
    const growing = new GrowingFile(file, this.#deps.clock);
    try {
      const answer = await runTask(
        this.#deps,
        t('Sluice: {0}', taskName(task)),
        {
          task,
          instruction,
          code,
          priority: 'medium',
          freshness: 'cached',
          ...(strongerThan === undefined ? {} : { strongerThan }),
        },
        (text) => growing.grow(codeOf(text, false)),
      );
      if (answer === undefined) return undefined;
      const { receipt } = answer;
      const text = codeOf(answer.text, true);
      const document = await growing.end(text);
      if (text === '') this.#noCode(receipt, answer.text);
      else if (document) this.#lenses.show(document, receipt, () => this.#stronger(wanted, receipt));
      const cut = cutNotices(code);
      if (receipt.stop !== 'complete') void tellDone(t('The answer is not complete.'), receipt);
      else if (cut.length > 0) void tellDone(cut.join(' '), receipt);
      return receipt;
    } finally {
      growing.dispose();
    }
  }

  #stronger(wanted: Wanted, receipt: Receipt): void {
    this.#deps.outcomes.happened(receipt, { kind: 'asked-stronger' });
    const { uri: _taken, ...file } = wanted.file;
    void this.#write({ ...wanted, file }, receipt.modelKey);
  }

  /** What was said instead is not lost. */
  #noCode(receipt: Receipt, content: string): void {
    this.#deps.outcomes.happened(receipt, { kind: 'unusable', why: 'no-code' });
    void tellDone(t('The answer held no code.'), receipt, {
      [t('Show Answer')]: () =>
        void vscode.workspace
          .openTextDocument({ language: 'markdown', content })
          .then((document) => vscode.window.showTextDocument(document)),
    });
  }

  /** Saving an unsaved file makes another document of the same text. */
  #noteSaved(saved: vscode.TextDocument): void {
    const text = saved.getText();
    for (const document of vscode.workspace.textDocuments) {
      const receipt = document === saved ? undefined : this.#lenses.receiptOf(document);
      if (receipt && document.getText() === text) this.#deps.outcomes.happened(receipt, { kind: 'used' });
    }
  }
}

/** Beside the file, under the usual name, where no file has it yet. */
async function freeTestFile({ uri, isUntitled }: vscode.TextDocument): Promise<vscode.Uri | undefined> {
  if (isUntitled || uri.scheme === 'vscode-notebook-cell') return undefined;
  const folder = vscode.Uri.joinPath(uri, '..');
  const target = vscode.Uri.joinPath(folder, testFileName(uri.path.slice(uri.path.lastIndexOf('/') + 1)));
  try {
    await vscode.workspace.fs.stat(target);
    return undefined;
  } catch {
    // It is not there: the name is free.
    return target.scheme === 'file' ? target.with({ scheme: 'untitled' }) : undefined;
  }
}

async function pickLanguage(from: string): Promise<string | undefined> {
  const items = Object.entries(LANGUAGES)
    .filter(([id]) => id !== from)
    .map(([id, label]) => ({ id, label }));
  const picked = await vscode.window.showQuickPick(items, {
    title: t('Translate the code to'),
    placeHolder: t('A programming language'),
  });
  return picked?.id;
}
