/** What VS Code calls inside its extension host: runs the bundled host tests and leaves their result in a file. */
import { planFromEnvironment } from '../support/mochaPlan.ts';
import { runMocha } from '../support/mochaRun.ts';

/** A rejection tells VS Code; who asked believes only the result file. */
export async function run(): Promise<void> {
  process.setSourceMapsEnabled(true);
  const { failed } = await runMocha(planFromEnvironment());
  if (failed > 0) throw new Error(`${failed} of the tests in the extension host failed.`);
}
