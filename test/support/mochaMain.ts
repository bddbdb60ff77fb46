/** A process of its own for the tests that run outside VS Code. */
import { planFromEnvironment } from './mochaPlan.ts';
import { runMocha } from './mochaRun.ts';

const { failed } = await runMocha(planFromEnvironment());
process.exit(failed === 0 ? 0 : 1);
