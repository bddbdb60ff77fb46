import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suiteSetup, suiteTeardown } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import { SqliteCache } from '../../src/node/sqliteCache.ts';
import { cacheLaws } from '../cache/cacheLaws.ts';

let folder = '';
let opened = 0;
suiteSetup(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-'));
});
suiteTeardown(() => rmSync(folder, { recursive: true, force: true }));

cacheLaws({
  name: 'in SQLite',
  sequences: 20,
  open: (clock, maxBytes) =>
    SqliteCache.open({
      ...{ clock, random: seededRandom(1), maxBytes: () => maxBytes },
      file: join(folder, `${++opened}.db`),
    }),
});
