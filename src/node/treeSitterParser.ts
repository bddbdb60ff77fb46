/**
 * Counts what does not parse in a piece of code, with the grammars that VS Code itself uses. Each is loaded when its
 * language is first met. Units: milliseconds; lines from 0.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import treeSitter from '@vscode/tree-sitter-wasm';
import type { Clock } from '../base/clock.ts';
import type { Parsed, SyntaxParser } from '../flow/checkSyntax.ts';
import { grammarOf } from './grammars.ts';

type Language = InstanceType<typeof treeSitter.Language>;
type Node = InstanceType<typeof treeSitter.Node>;

/** Parsing stops the extension host meanwhile. A file of 10,000 lines takes less. */
const MOST_MS = 1_000;

export interface TreeSitterDeps {
  /** Where `tree-sitter.wasm` and the grammars are. */
  readonly folder: string;
  readonly clock: Clock;
}

export class TreeSitterParser implements SyntaxParser {
  readonly #deps: TreeSitterDeps;
  readonly #languages = new Map<string, Promise<Language>>();
  #started: Promise<void> | undefined;

  constructor(deps: TreeSitterDeps) {
    this.#deps = deps;
  }

  async parse(text: string, language: string, signal: AbortSignal): Promise<Parsed> {
    const grammar = grammarOf(language);
    if (grammar === undefined) return { kind: 'no-grammar' };
    const loaded = await this.#language(grammar);
    signal.throwIfAborted();
    // Without its opening tag, code of PHP is text to be printed, in which nothing can be wrong.
    if (grammar !== 'php' || text.includes('<?')) return this.#parse(text, loaded);
    const parsed = this.#parse(`<?php\n${text}`, loaded);
    if (parsed.kind !== 'parsed' || parsed.line === undefined) return parsed;
    return { ...parsed, line: Math.max(0, parsed.line - 1) };
  }

  #language(grammar: string): Promise<Language> {
    const known = this.#languages.get(grammar);
    if (known) return known;
    const loading = this.#load(grammar);
    this.#languages.set(grammar, loading);
    // A file that could not be read may be there the next time.
    loading.catch(() => this.#languages.delete(grammar));
    return loading;
  }

  async #load(grammar: string): Promise<Language> {
    const { folder } = this.#deps;
    this.#started ??= treeSitter.Parser.init({ locateFile: (file) => join(folder, file) });
    await this.#started;
    return treeSitter.Language.load(await readFile(join(folder, `tree-sitter-${grammar}.wasm`)));
  }

  #parse(text: string, language: Language): Parsed {
    const { clock } = this.#deps;
    const untilMs = clock.monotonic() + MOST_MS;
    const parser = new treeSitter.Parser();
    try {
      parser.setLanguage(language);
      const progressCallback = () => clock.monotonic() > untilMs;
      const tree = parser.parse(text, null, { progressCallback });
      if (tree === null) return { kind: 'gave-up' };
      try {
        return { kind: 'parsed', ...errorsIn(tree.rootNode) };
      } finally {
        tree.delete();
      }
    } finally {
      parser.delete();
    }
  }
}

/** What the grammar could not read, and what it had to add. Branches without an error are not walked. */
function errorsIn(root: Node): { errors: number; line?: number } {
  let errors = 0;
  let line: number | undefined;
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (!node.hasError) continue;
    if (node.isError || node.isMissing) {
      errors += 1;
      line = Math.min(line ?? Number.POSITIVE_INFINITY, node.startPosition.row);
    }
    for (const child of node.children) if (child !== null) open.push(child);
  }
  return line === undefined ? { errors } : { errors, line };
}
