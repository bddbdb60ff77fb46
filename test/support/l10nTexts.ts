/**
 * Texts that the extension translates, found in its sources: what stands in `t('…')` and `l10n.t('…')`, also when it is
 * put together with `+`. Anything else than literals is told, because no bundle could hold it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from './paths.ts';

export interface FoundTexts {
  /** In the order of the sources, each once. */
  readonly texts: readonly string[];
  /** `file: code` of each call whose text is not a literal. */
  readonly unclear: readonly string[];
}

/** The sources that VS Code's translation reaches; the panel gets its texts from one of them. */
export function translatedSources(): string[] {
  const host = readdirSync(join(repoRoot, 'src/host')).filter((name) => name.endsWith('.ts'));
  const joiners = readdirSync(join(repoRoot, 'src')).filter((name) => name.endsWith('.ts'));
  return [...joiners.sort().map((name) => `src/${name}`), ...host.sort().map((name) => `src/host/${name}`)];
}

export function textsIn(files: readonly string[]): FoundTexts {
  const texts = new Set<string>();
  const unclear: string[] = [];
  for (const file of files) {
    const found = textsOf(readFileSync(join(repoRoot, file), 'utf8'));
    for (const text of found.texts) texts.add(text);
    unclear.push(...found.unclear.map((code) => `${file}: ${code}`));
  }
  return { texts: [...texts], unclear };
}

const CALL = /(?<![\w$.])(?:(?:vscode\.)?l10n\.)?t\(/g;

export function textsOf(source: string): FoundTexts {
  const texts: string[] = [];
  const unclear: string[] = [];
  for (const { index, 0: call } of source.matchAll(CALL)) {
    const text = literalAt(source, index + call.length);
    if (text === undefined) unclear.push(source.slice(index, index + 60).replaceAll(/\s+/g, ' '));
    else texts.push(text);
  }
  return { texts, unclear };
}

const SPACE = /\s*/y;
const LITERAL = /'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"/y;
const AFTER = /\s*([+,)])/y;

/** The literal or sum of literals that is the first argument; absent when it is something else. */
function literalAt(source: string, start: number): string | undefined {
  let text = '';
  let position = start;
  for (;;) {
    position = end(SPACE, source, position) ?? position;
    const part = match(LITERAL, source, position);
    if (part === undefined) return undefined;
    text += unescaped(part[1] ?? part[2] ?? '');
    position += part[0].length;
    const next = match(AFTER, source, position);
    if (next === undefined) return undefined;
    if (next[1] !== '+') return text;
    position += next[0].length;
  }
}

function match(pattern: RegExp, source: string, position: number): RegExpExecArray | undefined {
  pattern.lastIndex = position;
  return pattern.exec(source) ?? undefined;
}

function end(pattern: RegExp, source: string, position: number): number | undefined {
  const found = match(pattern, source, position);
  return found && position + found[0].length;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function unescaped(literal: string): string {
  return literal.replaceAll(/\\(?:u([\da-fA-F]{4})|(.))/g, (_, code: string | undefined, char: string) =>
    code === undefined ? (ESCAPES[char] ?? char) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
