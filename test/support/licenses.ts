/** The licences of everything that is bundled, as one text that is shipped with it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** What may be shipped in a package under the MIT licence without asking anyone. SPDX identifiers. */
const ALLOWED = new Set([
  ...['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0', 'MPL-2.0'],
  ...['0BSD', 'Unlicense', 'CC0-1.0'],
]);
const PACKAGE = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;
const LEGAL_FILE = /^(un)?licen[cs]e|^notice|^copying|^third-?party/i;
const TEXT = /^[^.]*$|\.(md|txt|mit|apache)$/i;

interface Bundled {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly texts: readonly string[];
}

/**
 * `inputs`: the files that esbuild has read, relative to `root`. Throws for a package that ships no licence text or
 * has a licence that is not allowed.
 */
export function licensesText(inputs: readonly string[], root: string): string {
  const packages = readPackages(inputs, root);
  const wrong = packages.map(objection).filter((text) => text !== undefined);
  if (wrong.length > 0) throw new Error(`Not fit to be shipped:\n${wrong.join('\n')}`);
  return packages.map(section).join(`\n${'='.repeat(80)}\n\n`);
}

/** In the order of their names; two versions of one package are two. */
function readPackages(inputs: readonly string[], root: string): Bundled[] {
  const folders = new Set(
    inputs.map((file) => PACKAGE.exec(file)?.[1]).filter((folder) => folder !== undefined),
  );
  return [...folders].sort().map((folder) => readPackage(join(root, folder)));
}

function readPackage(folder: string): Bundled {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const texts = legalFiles(folder).map((file) => readFileSync(file, 'utf8').trim());
  return { name, version, license: String(license), texts: [...new Set(texts)] };
}

/** At any depth: what a package has taken from others has a licence of its own. */
function legalFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && LEGAL_FILE.test(entry.name) && TEXT.test(entry.name))
    .map(({ name, parentPath }) => join(parentPath, name))
    .filter((file) => !relative(folder, file).includes('node_modules'))
    .sort();
}

function objection({ name, version, license, texts }: Bundled): string | undefined {
  if (!isAllowed(license)) return `${name} ${version}: its licence, ${license}, is not among those allowed.`;
  return texts.length === 0 ? `${name} ${version}: it ships no licence text.` : undefined;
}

/** Of alternatives one must be allowed, of licences that hold together each. */
function isAllowed(expression: string): boolean {
  const alternatives = expression.replace(/[()]/g, '').split(' OR ');
  return alternatives.some((all) => all.split(' AND ').every((license) => ALLOWED.has(license)));
}

function section({ name, version, license, texts }: Bundled): string {
  return `${name} ${version} (${license})\n\n${texts.join('\n\n')}\n`;
}
