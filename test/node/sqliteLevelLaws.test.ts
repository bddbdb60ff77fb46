import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suiteSetup, suiteTeardown } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import { SqliteLevels } from '../../src/node/sqliteLevels.ts';
import { storeLaws } from '../quota/storeLaws.ts';

let folder = '';
suiteSetup(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-'));
});
suiteTeardown(() => rmSync(folder, { recursive: true, force: true }));

storeLaws({
  name: 'in SQLite',
  sequences: 400,
  open: (clock) =>
    SqliteLevels.open({
      file: join(folder, 'levels.db'),
      clock,
      random: seededRandom(1),
      onFailure: (error) => {
        throw error;
      },
    }),
});
