/**
 * The licences of the grammars in `@vscode/tree-sitter-wasm`, whose package brings only its own. Read 2026-11-27 from the
 * LICENSE of each grammar's npm package at the version that the package names.
 */
import { GRAMMARS } from '../../src/node/grammars.ts';

interface Grammar {
  readonly name: string;
  readonly copyright: readonly string[];
}

const HOLDERS: Readonly<Record<string, Grammar>> = {
  typescript: { name: 'tree-sitter-typescript 0.23.2', copyright: ['2017 Max Brunsfeld'] },
  tsx: { name: 'tree-sitter-typescript 0.23.2', copyright: ['2017 Max Brunsfeld'] },
  javascript: { name: 'tree-sitter-javascript 0.25.0', copyright: ['2014 Max Brunsfeld'] },
  python: { name: 'tree-sitter-python 0.25.0', copyright: ['2016 Max Brunsfeld'] },
  java: { name: 'tree-sitter-java 0.23.5', copyright: ['2017 Ayman Nadeem'] },
  'c-sharp': {
    name: 'tree-sitter-c-sharp 0.23',
    copyright: ['2014-2023 Max Brunsfeld, Damien Guard, Amaan Qureshi, and contributors.'],
  },
  go: { name: 'tree-sitter-go 0.25.0', copyright: ['2014 Max Brunsfeld'] },
  rust: { name: 'tree-sitter-rust 0.24', copyright: ['2017 Maxim Sokolov'] },
  php: {
    name: 'tree-sitter-php 0.24.2',
    copyright: [
      '2017 Josh Vera, GitHub',
      '2019 Max Brunsfeld, Amaan Qureshi, Christian Frøystad, Caleb White',
    ],
  },
  css: { name: 'tree-sitter-css 0.25.0', copyright: ['2018 Max Brunsfeld'] },
};

const RUNTIME: Grammar = { name: 'tree-sitter 0.25.1', copyright: ['2018 Max Brunsfeld'] };

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`;

/** Throws for a grammar that is shipped and whose holder is not known. */
export function grammarLicenses(): string {
  const used = Object.keys(GRAMMARS).map((key) => {
    const grammar = HOLDERS[key];
    if (grammar === undefined) throw new Error(`Nobody knows who holds the rights in the grammar ${key}.`);
    return grammar;
  });
  const each = new Map([RUNTIME, ...used].map((grammar) => [grammar.name, grammar]));
  const sections = [...each.values()].map(({ name, copyright }) => {
    const holders = copyright.map((holder) => `Copyright (c) ${holder}`).join('\n');
    return `${name} (MIT)\n\n${holders}\n\n${MIT}`;
  });
  const rule = `\n${'='.repeat(80)}\n\n`;
  return rule + sections.join(rule);
}
