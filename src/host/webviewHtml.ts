/** The page around a webview's script: nothing but our own files may load. */
import * as vscode from 'vscode';

export type PanelName = 'dashboard' | 'answer';

/** Where the webview may read files. */
export function webviewRoots(extension: vscode.Uri): vscode.Uri[] {
  return [vscode.Uri.joinPath(extension, 'dist'), vscode.Uri.joinPath(extension, 'media')];
}

export function webviewHtml(
  webview: vscode.Webview,
  extension: vscode.Uri,
  panel: PanelName,
  nonce: string,
): string {
  const at = (...path: string[]) => webview.asWebviewUri(vscode.Uri.joinPath(extension, ...path)).toString();
  const policy = [`default-src 'none'`, `style-src ${webview.cspSource}`, `script-src 'nonce-${nonce}'`].join(
    '; ',
  );
  return `<!doctype html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="stylesheet" href="${at('media', 'panel.css')}">
<link rel="stylesheet" href="${at('media', `${panel}.css`)}">
<title>Sluice</title>
</head>
<body>
<main><p class="unstarted">${unstarted()}</p></main>
<script nonce="${nonce}" src="${at('dist', `${panel}.js`)}"></script>
</body>
</html>`;
}

/** Stays hidden for some seconds, and is gone as soon as the script draws. */
function unstarted(): string {
  const text = vscode.l10n.t('This view could not start. Close it and open it again, or reload the window.');
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
