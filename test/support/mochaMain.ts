/** A process of its own for the tests that run outside VS Code. */
import { planFromEnvironment } from './mochaPlan.ts';
import { runMocha } from './mochaRun.ts';
import { aborted, runProgram } from './program.ts';

/** A signal ends the run at once; what the tests have started ends with this process. */
await runProgram(async (signal) => {
  const { failed } = await Promise.race([runMocha(planFromEnvironment()), aborted(signal)]);
  return failed === 0 ? 0 : 1;
});
