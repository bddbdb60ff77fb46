import assert from 'node:assert/strict';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setup, suite, teardown, test } from 'mocha';
import { systemClock } from '../../src/base/clock.ts';
import { SluiceError } from '../../src/base/errors.ts';
import { claudeEnvironment } from '../../src/node/claudeCodeArguments.ts';
import { findClaude } from '../../src/node/claudeCodeProgram.ts';
import { fakeClaude } from '../support/claudeTrial.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { failureOf, neverAborted } from '../support/simulatedTrial.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporaryFolder.ts';

suite('finding the claude program', () => {
  let folder: TemporaryFolder;
  setup(async () => {
    folder = await temporaryFolder();
  });
  teardown(() => folder.remove());

  const find = (path: string, env: NodeJS.ProcessEnv = {}, clock = systemClock) =>
    findClaude({ platform: 'cc', path, env: { HOME: '/nowhere', ...env }, clock }, neverAborted());
  const whyOf = async (finding: Promise<unknown>) => {
    const error = await failureOf(finding);
    assert.ok(SluiceError.is(error, 'program-missing'), String(error));
    return [error.facts.why, error.facts.program];
  };

  test('it is found on PATH, behind folders without it, with its version', async () => {
    const path = await fakeClaude(folder.path);
    const PATH = ['/nowhere', 'relative', folder.path].join(delimiter);

    assert.deepEqual(await find('', { PATH }), { path, version: '2.1.329' });
  });

  test('a path in the settings comes before PATH, and may begin with the home folder', async () => {
    const other = join(folder.path, 'other');
    await mkdir(other);
    const path = await fakeClaude(other);
    await fakeClaude(folder.path);

    assert.equal((await find(path, { PATH: folder.path })).path, path);
    assert.equal((await find(' ~/other/claude ', { HOME: folder.path })).path, path);
  });

  test('where an installer puts it is looked at too: editors have another PATH than terminals', async () => {
    const home = join(folder.path, '.local/bin');
    await mkdir(home, { recursive: true });
    const path = await fakeClaude(home);

    assert.equal((await find('', { HOME: folder.path, PATH: '' })).path, path);
  });

  test('nothing, a folder, a file that is no program and another program are told apart', async () => {
    const file = join(folder.path, 'claude');
    await writeFile(file, 'just text');
    const stranger = join(folder.path, 'stranger');
    await writeFile(stranger, '#!/bin/sh\necho "stranger 2.1.329"\n');
    await chmod(stranger, 0o755);

    assert.deepEqual(await whyOf(find('', { PATH: folder.path })), ['not-found', 'claude']);
    assert.deepEqual(await whyOf(find('/nowhere/claude')), ['not-found', '/nowhere/claude']);
    assert.deepEqual(await whyOf(find(folder.path)), ['not-executable', folder.path]);
    assert.deepEqual(await whyOf(find(file)), ['not-executable', file]);
    assert.deepEqual(await whyOf(find(stranger)), ['other-program', stranger]);
  });

  test('one that never says its version is not waited for', async () => {
    const path = join(folder.path, 'claude');
    await writeFile(path, '#!/bin/sh\nexec sleep 60\n');
    await chmod(path, 0o755);
    const clock = new FakeClock();

    const finding = whyOf(find(path, {}, clock));
    while (clock.pending === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    clock.advance(10_000);

    assert.deepEqual(await finding, ['other-program', path]);
  });

  test('the environment is handed on without what belongs to the editor, and with no attachments', () => {
    const env = claudeEnvironment({
      HOME: '/home/me',
      HTTPS_PROXY: 'http://proxy',
      CLAUDE_CODE_USE_BEDROCK: '1',
      CLAUDECODE: '1',
      CLAUDE_CODE_ENTRYPOINT: 'cli',
      ELECTRON_RUN_AS_NODE: '1',
      VSCODE_PID: '7',
      NODE_OPTIONS: '--inspect',
    });

    const kept = Object.keys(env).filter((name) => !/DISABLE|MAX_RETRIES|NO_MODEL/.test(name));
    assert.deepEqual(kept, ['HOME', 'HTTPS_PROXY', 'CLAUDE_CODE_USE_BEDROCK']);
    assert.equal(env.CLAUDE_CODE_DISABLE_ATTACHMENTS, '1');
  });
});
