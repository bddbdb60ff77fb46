/** Which file an answer rests on, as digests: no path and no text of it goes any further. */
import type * as vscode from 'vscode';
import type { FileUse } from '../cache/cacheStore.ts';

/** As the document is now. */
export async function fileUseOf(document: vscode.TextDocument): Promise<FileUse> {
  const [path, hash] = await Promise.all([addressOf(document.uri), digest(document.getText())]);
  return { path, hash };
}

/** As `FileUse.path`. */
export function addressOf(uri: vscode.Uri): Promise<string> {
  return digest(uri.toString());
}

async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}
