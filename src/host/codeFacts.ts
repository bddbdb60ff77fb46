/** What the editor knows of a piece of code beside its text; counted without asking a language server. */
import * as vscode from 'vscode';
import type { CodeFacts } from '../flow/request.ts';

const DECLARES =
  /^\s*(?:export\s+|public\s+|private\s+|protected\s+|static\s+|async\s+|pub\s+)*(?:function|class|interface|struct|enum|trait|impl|def|fn|func|type)\b/gm;
const PUBLIC = /^\s*(?:export|public|pub|module\.exports|__all__)\b/m;
const TEST_NAME = /(?:^test_|[._-](?:test|spec)s?\.[a-z]+$|_test\.[a-z]+$)/i;
/** What is far down says little of the task, and reading it takes time. */
const READ_CHARS = 20_000;

export function codeFacts(document: vscode.TextDocument, range: vscode.Range, text: string): CodeFacts {
  const read = text.slice(0, READ_CHARS);
  const folder = vscode.workspace.getWorkspaceFolder(document.uri)?.name;
  return {
    errors: errorsIn(document.uri, range),
    symbols: read.match(DECLARES)?.length ?? 0,
    publicApi: PUBLIC.test(read),
    testsNear: hasTests(document),
    ...(folder === undefined ? {} : { repository: folder }),
  };
}

function errorsIn(uri: vscode.Uri, range: vscode.Range): number {
  return vscode.languages
    .getDiagnostics(uri)
    .filter((one) => one.severity === vscode.DiagnosticSeverity.Error && one.range.intersection(range))
    .length;
}

/** It is a test itself, or its test is open. */
function hasTests({ uri }: vscode.TextDocument): boolean {
  const name = nameOf(uri);
  if (TEST_NAME.test(name)) return true;
  const stem = name.replace(/\.[^.]*$/, '');
  return vscode.workspace.textDocuments.some((other) => {
    const one = nameOf(other.uri);
    return TEST_NAME.test(one) && one.includes(stem);
  });
}

function nameOf({ path }: vscode.Uri): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
