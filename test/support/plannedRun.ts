/** Asks for one mocha run and reads its result from a folder that did not exist before. */
import { join } from 'node:path';
import { type MochaPlan, type MochaResult, readResult } from './mochaPlan.ts';
import { temporaryFolder } from './temporaryFolder.ts';

export type PlanRequest = Omit<MochaPlan, 'resultFile' | 'grep'> & { readonly grep: string | undefined };

/** `start` hands the plan to a process and waits for its end; how that ended is of no interest. */
export async function plannedRun(
  { grep, ...request }: PlanRequest,
  start: (plan: MochaPlan) => Promise<unknown>,
): Promise<MochaResult> {
  const folder = await temporaryFolder();
  const filter = grep === undefined ? {} : { grep };
  const plan: MochaPlan = { ...request, ...filter, resultFile: join(folder.path, 'result.json') };
  try {
    await start(plan);
    return readResult(plan);
  } finally {
    await folder.remove();
  }
}
