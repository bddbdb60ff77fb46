/** What simple patterns see in code, without a parser: enough for an answer that names the right things. */

export type SymbolKind = 'function' | 'method' | 'class' | 'type';

export interface FoundSymbol {
  readonly kind: SymbolKind;
  readonly name: string;
  /** From 0. */
  readonly line: number;
  readonly parameters: readonly string[];
}

export interface Turn {
  readonly line: number;
  readonly kind: 'loop' | 'branch' | 'return' | 'throw' | 'wait';
}

export interface CodeOutline {
  readonly lines: number;
  readonly blankLines: number;
  readonly symbols: readonly FoundSymbol[];
  readonly imports: readonly string[];
  /** Most frequent first. */
  readonly calls: readonly string[];
  readonly loops: number;
  readonly branches: number;
  /** Lines where something else than the next line may come next, in order. */
  readonly turns: readonly Turn[];
  readonly isAsync: boolean;
  readonly catches: boolean;
  /** Lines (from 0) with TODO, FIXME or HACK. */
  readonly todos: readonly number[];
  readonly trailingBlanks: number;
  /** What starts a comment in this language. */
  readonly comment: '//' | '#' | '--';
}

interface Family {
  readonly languages: readonly string[];
  readonly comment: CodeOutline['comment'];
  readonly symbols: readonly (readonly [SymbolKind, RegExp])[];
  readonly imports: readonly RegExp[];
}

/** Group 1 is the name, group 2 the parameters. */
const SCRIPT: Family = {
  languages: [
    'javascript',
    'typescript',
    'js',
    'ts',
    'jsx',
    'tsx',
    'javascriptreact',
    'typescriptreact',
    'vue',
  ],
  comment: '//',
  symbols: [
    ['function', /\bfunction\s*\*?\s*([\w$]+)\s*(?:<[^>(]*>)?\s*\(([^)]*)/],
    ['function', /\b(?:const|let|var)\s+([\w$]+)[^=]{0,80}=\s*(?:async\s*)?\(([^)]*)\)[^=]{0,80}=>/],
    ['function', /\b(?:const|let|var)\s+([\w$]+)\s*=\s*(?:async\s+)?([\w$]+)\s*=>/],
    ['class', /\bclass\s+([\w$]+)/],
    ['type', /\b(?:interface|type|enum)\s+([\w$]+)/],
    [
      'method',
      /^\s+(?:(?:public|private|protected|static|async|override|get|set)\s+)*(#?[\w$]+)\s*\(([^)]*)\)[^;{]{0,80}\{/,
    ],
  ],
  imports: [/\bfrom\s+['"]([^'"]+)['"]/, /\b(?:require|import)\s*\(?\s*['"]([^'"]+)['"]/],
};

const PYTHON: Family = {
  languages: ['python', 'py'],
  comment: '#',
  symbols: [
    ['function', /^(?:async\s+)?def\s+(\w+)\s*\(([^)]*)/],
    ['method', /^\s+(?:async\s+)?def\s+(\w+)\s*\(([^)]*)/],
    ['class', /^\s*class\s+(\w+)/],
  ],
  imports: [/^\s*from\s+([\w.]+)\s+import\b/, /^\s*import\s+([\w.]+)/],
};

const RUBY_AND_SHELL: Family = {
  languages: [
    'ruby',
    'rb',
    'shellscript',
    'sh',
    'bash',
    'zsh',
    'perl',
    'elixir',
    'r',
    'yaml',
    'toml',
    'makefile',
  ],
  comment: '#',
  symbols: [
    ['function', /^\s*(?:def|defp|sub|function)\s+([\w.?!]+)\s*\(?([^)#{]*)/],
    ['function', /^\s*([\w-]+)\s*\(\s*\)\s*\{/],
    ['class', /^\s*(?:class|module|defmodule)\s+([\w:.]+)/],
  ],
  imports: [/^\s*(?:require|require_relative|use|source|import|library)\b[\s(]*['"]?([\w./:-]+)/],
};

const SQL_AND_LUA: Family = {
  languages: ['sql', 'lua', 'haskell', 'elm', 'ada'],
  comment: '--',
  symbols: [
    ['function', /\bfunction\s+([\w.:]+)\s*\(([^)]*)/i],
    ['type', /\bcreate\s+(?:table|view)\s+(?:if\s+not\s+exists\s+)?([\w."]+)/i],
  ],
  imports: [/\brequire\s*\(?\s*['"]([^'"]+)/, /^\s*import\s+(?:qualified\s+)?([\w.]+)/],
};

const BRACES: Family = {
  languages: [],
  comment: '//',
  symbols: [
    ['function', /\b(?:fn|func|fun|function)\s+(?:\([^)]*\)\s*)?(\w+)\s*(?:<[^>(]*>)?\s*\(([^)]*)/],
    ['class', /\b(?:class|struct|trait|impl|object|record|protocol)\s+(\w+)/],
    ['type', /\b(?:interface|enum|type|typedef)\s+(\w+)/],
    ['method', /^\s*(?:[\w<>[\],:*&?]+\s+)+[*&]?(\w+)\s*\(([^)]*)\)[^;]{0,80}\{/],
  ],
  imports: [/^\s*#include\s*[<"]([^>"]+)/, /^\s*(?:import|using|use)\s+(?:static\s+)?["']?([\w.:/*-]+)/],
};

const FAMILIES: readonly Family[] = [SCRIPT, PYTHON, RUBY_AND_SHELL, SQL_AND_LUA];

const TURNS: Readonly<Record<Turn['kind'], RegExp>> = {
  loop: /\b(?:for|foreach|while|loop|until)\b|\.(?:forEach|map|each)\b/,
  branch: /\b(?:if|elif|elsif|switch|match|case|unless)\b|\s\?\s/,
  return: /\breturn\b/,
  throw: /\b(?:throw|raise|panic)\b/,
  wait: /\bawait\b/,
};
const TURN_KINDS = ['loop', 'branch', 'throw', 'return', 'wait'] as const;

/** Words that look like a name before a bracket and are none. */
const KEYWORDS = new Set(
  'if else for foreach while switch match catch return function def fn func fun new typeof await async and or not in is class super sizeof elif with when print'.split(
    ' ',
  ),
);

/** Lines beyond these are counted only, so that a huge selection costs no time. */
const MAX_LINES = 3_000;
const MAX_LINE_LENGTH = 300;

export function outlineCode(code: string, language: string): CodeOutline {
  const family = FAMILIES.find(({ languages }) => languages.includes(language)) ?? BRACES;
  const all = code === '' ? [] : code.split('\n');
  const seen = all.slice(0, MAX_LINES).map((line) => line.slice(0, MAX_LINE_LENGTH));
  const count = (pattern: RegExp) => seen.filter((line) => pattern.test(line)).length;
  const symbols = findSymbols(seen, family);
  return {
    lines: all.length,
    blankLines: all.filter((line) => line.trim() === '').length,
    symbols,
    imports: findImports(seen, family),
    calls: findCalls(seen, symbols),
    loops: count(TURNS.loop),
    branches: count(TURNS.branch),
    turns: seen.flatMap((text, line) => {
      const kind = TURN_KINDS.find((candidate) => TURNS[candidate].test(text));
      return kind === undefined ? [] : [{ line, kind }];
    }),
    isAsync: count(/\b(?:async|await|suspend|Promise|Future)\b|\bgo\s+\w/) > 0,
    catches: count(/\b(?:catch|except|rescue|recover)\b/) > 0,
    todos: seen.flatMap((line, index) => (/\b(?:TODO|FIXME|HACK)\b/.test(line) ? [index] : [])),
    trailingBlanks: seen.filter((line) => /\S[ \t]+$/.test(line)).length,
    comment: family.comment,
  };
}

function findSymbols(lines: readonly string[], { symbols }: Family): FoundSymbol[] {
  const found: FoundSymbol[] = [];
  for (const [line, text] of lines.entries()) {
    for (const [kind, pattern] of symbols) {
      const [, name, parameters = ''] = pattern.exec(text) ?? [];
      if (name === undefined || KEYWORDS.has(name)) continue;
      found.push({ kind, name, line, parameters: parameterNames(parameters) });
      break;
    }
  }
  return found;
}

/** Names before a colon or a default; the last word where the type comes first. */
function parameterNames(text: string): string[] {
  const names = text.split(',').map((part) => {
    const declared = part.split(/[:=]/)[0]?.trim() ?? '';
    return /([\w$]+)\W*$/.exec(declared)?.[1] ?? '';
  });
  return names.filter((name) => name !== '' && name !== 'self' && name !== 'this').slice(0, 8);
}

function findImports(lines: readonly string[], { imports }: Family): string[] {
  const found = lines.flatMap((line) => imports.map((pattern) => pattern.exec(line)?.[1]).slice(0));
  return [...new Set(found.filter((name) => name !== undefined))].slice(0, 8);
}

function findCalls(lines: readonly string[], symbols: readonly FoundSymbol[]): string[] {
  const declared = new Set(symbols.map(({ line, name }) => `${line}:${name}`));
  const counts = new Map<string, number>();
  for (const [line, text] of lines.entries()) {
    for (const [, name = ''] of text.matchAll(/([\w$]+(?:\.[\w$]+)?)\s*\(/g)) {
      if (KEYWORDS.has(name) || /^\d/.test(name) || declared.has(`${line}:${name}`)) continue;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))
    .map(([name]) => name)
    .slice(0, 8);
}
