/** Which test runs where: by folder. Paths are absolute. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from './paths.ts';

export type TestKind = 'unit' | 'host' | 'workbench';

/** Everything outside `test/host` and `test/workbench` runs in plain Node. */
export function testFiles(kind: TestKind): string[] {
  const all = globSync('test/**/*.test.ts', { cwd: repoRoot }).map((file) => file.replaceAll('\\', '/'));
  const wanted = all.filter((file) => kindOf(file) === kind).sort();
  return wanted.map((file) => join(repoRoot, file));
}

function kindOf(file: string): TestKind {
  if (file.startsWith('test/host/')) return 'host';
  return file.startsWith('test/workbench/') ? 'workbench' : 'unit';
}
