import { MemoryTrials } from '../../src/routing/memoryTrials.ts';
import { trialStoreLaws } from './trialStoreLaws.ts';

trialStoreLaws('in memory', (run) => {
  const store = new MemoryTrials();
  return run(store, async () => store);
});
