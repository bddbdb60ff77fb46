/** Which grammars are shipped, and the languages that each of them reads. */

/** By VS Code's ids and by what models write behind a fence. esbuild.config.mjs ships these files, and no other. */
export const GRAMMARS: Readonly<Record<string, readonly string[]>> = {
  typescript: ['typescript', 'ts', 'mts', 'cts'],
  tsx: ['typescriptreact', 'tsx'],
  javascript: ['javascript', 'javascriptreact', 'js', 'jsx', 'mjs', 'cjs', 'node'],
  python: ['python', 'py', 'python3'],
  java: ['java'],
  'c-sharp': ['csharp', 'cs', 'c#'],
  go: ['go', 'golang'],
  rust: ['rust', 'rs'],
  php: ['php'],
  css: ['css'],
};

export function grammarOf(language: string): string | undefined {
  const wanted = language.toLowerCase();
  return Object.entries(GRAMMARS).find(([, names]) => names.includes(wanted))?.[0];
}
