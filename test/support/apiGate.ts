/**
 * code-server lets every extension use proposed API; a user's VS Code does not. What leans on a proposal would
 * pass here and fail for users, so our copy gets VS Code's own rule back: a proposal only for who may have it.
 * Written against code-server 4.139.1; a version in which nothing matches is refused, never passed over.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Edit {
  readonly what: string;
  readonly open: RegExp;
  readonly closed: RegExp;
  /** With the names that the bundler gave, as `open` captured them. */
  replace(names: readonly string[]): string;
}

/** `isProposedApiEnabled(extension, proposal)`, known by the check that always follows it. */
const check: Edit = {
  what: 'the check of a proposal',
  open: /function ([\w$]+)\(([\w$]+),([\w$]+)\)\{return!0\}(?=function [\w$]+\([\w$]+,[\w$]+\)\{if\(!\1\([\w$]+,[\w$]+\)\)throw new Error\(`Extension '[^`]*CANNOT use API proposal)/g,
  closed: /\{return!![\w$]+\.enabledApiProposals\?\.includes\([\w$]+\)\}function/g,
  replace: ([name, extension, proposal]) =>
    `function ${name}(${extension},${proposal}){return!!${extension}.enabledApiProposals?.includes(${proposal})}`,
};

/** The switch that keeps the proposals which a manifest asks for. */
const grant: Edit = {
  what: 'the grant to every extension',
  open: /this\._envEnablesProposedApiForAll=!0/g,
  closed: /this\._envEnablesProposedApiForAll=!1/g,
  replace: () => 'this._envEnablesProposedApiForAll=!1',
};

/** Below the folder `lib/vscode/out` of the code-server package. */
const edits: Readonly<Record<string, readonly Edit[]>> = {
  'vs/code/browser/workbench/workbench.js': [check, grant],
  'vs/workbench/api/node/extensionHostProcess.js': [check],
  'vs/workbench/api/worker/extensionHostWorkerMain.js': [check],
  'server-main.js': [check],
};

/** Closes the gate in an installed code-server package. Doing it twice is the same as once. */
export async function closeApiGate(packageFolder: string): Promise<void> {
  for (const [name, wanted] of Object.entries(edits)) {
    const file = join(packageFolder, 'lib/vscode/out', name);
    const source = await readFile(file, 'utf8');
    const closed = wanted.reduce((text, edit) => applyOnce(text, edit, name), source);
    if (closed === source) continue;
    await writeFile(`${file}.new`, closed);
    await rename(`${file}.new`, file);
  }
}

function applyOnce(source: string, { what, open, closed, replace }: Edit, file: string): string {
  const found = [...source.matchAll(open)].length;
  if (found === 0 && [...source.matchAll(closed)].length === 1) return source;
  if (found !== 1)
    throw new Error(`Proposed API stays open: ${what} occurs ${found} times in ${file}, not once.`);
  return source.replace(open, (_match, ...names: string[]) => replace(names));
}
