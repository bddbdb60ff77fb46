/** What a failed workbench test looked like. */
import { join } from 'node:path';
import { buildFolder } from './paths.ts';
import type { Workbench } from './workbench.ts';

/** In `.build/failures`, under the test's own words. */
export async function keepPicture(workbench: Workbench, test: { fullTitle(): string }): Promise<void> {
  const name = test.fullTitle().replaceAll(/[^\w]+/g, '-');
  const file = join(buildFolder, 'failures', `${name}.png`);
  await workbench.screenshot(file);
  console.log(`      picture: ${file}`);
}
