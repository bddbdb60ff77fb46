import { MemoryLevels } from '../../src/quota/memoryLevels.ts';
import { storeLaws } from './storeLaws.ts';

storeLaws({ name: 'in memory', sequences: 2_000, open: async (clock) => new MemoryLevels(clock) });
