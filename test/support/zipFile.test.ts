/** Reading a zip file. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'mocha';
import { temporaryFolder } from './temporaryFolder.ts';
import { readZip } from './zipFile.ts';

suite('zip file', () => {
  test('what is no zip file is refused', async () => {
    const folder = await temporaryFolder();
    const file = join(folder.path, 'text.vsix');
    await writeFile(file, 'nothing of the kind');

    await assert.rejects(readZip(file), /not a zip file/);
    await folder.remove();
  });
});
