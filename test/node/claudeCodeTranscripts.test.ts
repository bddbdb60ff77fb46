import assert from 'node:assert/strict';
import {
  appendFile,
  chmod,
  mkdir,
  open,
  rename,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setup, suite, teardown, test } from 'mocha';
import { systemClock } from '../../src/base/clock.ts';
import { transcriptFolders } from '../../src/node/claudeCodeTranscriptFolders.ts';
import { ClaudeTranscripts, FIVE_HOURS_MS, SEVEN_DAYS_MS } from '../../src/node/claudeCodeTranscripts.ts';
import { failureOf, neverAborted } from '../support/simulatedTrial.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporaryFolder.ts';

interface LineChanges {
  readonly id?: string;
  readonly requestId?: string | undefined;
  readonly output?: number;
  readonly agoMs?: number;
  readonly model?: string;
  readonly isSidechain?: boolean;
  readonly isApiErrorMessage?: boolean;
}

const HOUR_MS = 3_600_000;

function line({
  id = 'msg_1',
  agoMs = 1_000,
  output = 5,
  model = 'opus',
  ...rest
}: LineChanges = {}): string {
  const usage = {
    input_tokens: 10,
    output_tokens: output,
    cache_read_input_tokens: 100,
    cache_creation_input_tokens: 20,
  };
  return `${JSON.stringify({
    type: 'assistant',
    timestamp: new Date(Date.now() - agoMs).toISOString(),
    requestId: `req_${id}`,
    ...rest,
    message: { id, model, usage, content: [{ type: 'text', text: 'secret words' }] },
  })}\n`;
}

suite('usage in Claude Code transcripts', () => {
  let folder: TemporaryFolder;
  let transcripts: ClaudeTranscripts;
  setup(async () => {
    folder = await temporaryFolder();
    transcripts = new ClaudeTranscripts({ folders: [folder.path], clock: systemClock });
  });
  teardown(() => folder.remove());

  const put = async (name: string, text: string): Promise<string> => {
    const path = join(folder.path, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    return path;
  };
  const scan = () => transcripts.scan(neverAborted());
  const outputs = async () => (await scan()).charges.map(({ usage }) => usage.output);

  test('an answer counts once, however many lines, blocks, sessions and copies repeat it', async () => {
    await put('a/one.jsonl', line({ output: 1 }) + line({ output: 5 }) + line({ output: 5 }));
    await put('a/one/subagents/x.jsonl', line({ output: 900, isSidechain: true }));
    await put('b/two.jsonl', line({ output: 5 }) + line({ id: 'msg_2' }));

    await scan();

    assert.deepEqual(transcripts.usedSince(0), [
      {
        model: 'opus',
        requests: 2,
        usage: { input: 20, output: 10, cacheRead: 200, cacheWrite: 40, reasoning: 0 },
      },
    ]);
  });

  test('what is charged sums up to what was used, corrections included', async () => {
    const path = await put('a/one.jsonl', line({ output: 1 }));

    const first = await outputs();
    await appendFile(path, line({ output: 8 }) + line({ output: 3 }) + line({ id: 'msg_2' }));
    const second = await outputs();

    assert.deepEqual([first, second], [[1], [7, 5]]);
    assert.deepEqual(
      transcripts.usedSince(0).map(({ requests, usage }) => [requests, usage.output]),
      [[2, 13]],
    );
  });

  test('only what was appended is read, and half a line waits for its other half', async () => {
    const path = await put('a/one.jsonl', line());
    const whole = line({ id: 'msg_2' });

    await scan();
    const idle = await scan();
    await appendFile(path, whole.slice(0, 50));
    const half = await scan();
    await appendFile(path, whole.slice(50));
    const rest = await scan();

    assert.deepEqual([idle.bytes, half.bytes, half.charges.length], [0, 50, 0]);
    assert.deepEqual([rest.bytes, rest.charges.length], [whole.length, 1]);
  });

  test('a file that was cut, rewritten or replaced is read anew, and nothing counts twice', async () => {
    const path = await put('a/one.jsonl', line() + line({ id: 'msg_2' }));
    await scan();

    await truncate(path, 0);
    await appendFile(path, line({ id: 'msg_3' }));
    const cut = await outputs();
    await writeFile(path, line({ id: 'msg_4', output: 77 }) + line({ id: 'msg_3' }) + line({ id: 'msg_5' }));
    const rewritten = await outputs();
    await writeFile(`${path}.new`, line({ id: 'msg_6', output: 66 }) + line());
    await rename(`${path}.new`, path);
    const replaced = await outputs();

    assert.deepEqual([cut, rewritten, replaced], [[5], [77, 5], [66]]);
  });

  test('garbage, errors, made-up models and lines without what counts are passed over', async () => {
    await put(
      'a/one.jsonl',
      [
        'no JSON with "assistant" and "usage"\n',
        '\u0000\ufffd\n\n{}\nnull\n[1]\n',
        line({ id: 'a', isApiErrorMessage: true }),
        line({ id: 'b', model: '<synthetic>' }),
        line({ id: 'c' }).replace('"output_tokens":5', '"output_tokens":-5'),
        line({ id: 'd' }).replace('"output_tokens":5', '"output_tokens":1e300'),
        line({ id: 'e' }).replace(/"timestamp":"[^"]*"/, '"timestamp":"yesterday"'),
        line({ id: 'f' }).replace('"type":"assistant"', '"type":"user"'),
        line({ id: 'g', agoMs: -40 * 24 * HOUR_MS }),
        line({ id: 'good' }),
      ].join(''),
    );

    const { charges } = await scan();

    assert.deepEqual(
      charges.map(({ id }) => id),
      ['good req_good'],
    );
    assert.ok(!JSON.stringify(charges).includes('secret'));
  });

  test('windows hold what lies in them; what is older than all is neither read nor kept', async () => {
    await put(
      'a/one.jsonl',
      line({ id: 'now' }) +
        line({ id: 'today', agoMs: 6 * HOUR_MS }) +
        line({ id: 'old', agoMs: 9 * 24 * HOUR_MS }),
    );
    const stale = await put('a/stale.jsonl', line({ id: 'stale' }));
    await utimes(stale, 1, 1);

    await scan();

    const requests = (windowMs: number) => transcripts.usedSince(Date.now() - windowMs)[0]?.requests;
    assert.deepEqual([requests(FIVE_HOURS_MS), requests(SEVEN_DAYS_MS)], [1, 2]);
    assert.equal(transcripts.usedSince(0)[0]?.requests, 2);
  });

  test('links in a circle, links twice and folders that cannot be read do no harm', async () => {
    const path = await put('a/one.jsonl', line());
    await symlink('..', join(folder.path, 'a/loop'));
    await symlink(path, join(folder.path, 'a/again.jsonl'));
    await symlink('nowhere', join(folder.path, 'a/broken.jsonl'));
    await put('locked/two.jsonl', line({ id: 'msg_2' }));
    await chmod(join(folder.path, 'locked/two.jsonl'), 0);
    // Root may read anything: then it is one file more, not one error more.
    const isRoot = process.getuid?.() === 0;

    const { charges, unreadable } = await scan();

    assert.deepEqual([charges.length, unreadable], isRoot ? [2, 1] : [1, 2]);
  });

  test('no folder, and a folder that goes away, are no failure', async () => {
    await put('a/one.jsonl', line());
    const nowhere = new ClaudeTranscripts({ folders: ['/nowhere/projects'], clock: systemClock });

    assert.deepEqual((await nowhere.scan(neverAborted())).charges, []);
    await scan();
    await rm(join(folder.path, 'a'), { recursive: true });

    assert.deepEqual((await scan()).charges, []);
    assert.equal(transcripts.usedSince(0)[0]?.requests, 1);
  });

  test('a big file does not hold up the host, and reading it can be broken off and taken up', async function () {
    this.timeout(180_000);
    const path = join(folder.path, 'big.jsonl');
    const noise = `${JSON.stringify({ type: 'user', text: 'x'.repeat(100_000) })}\n`.repeat(100);
    const file = await open(path, 'w');
    for (let part = 0; part < 10; part++) await file.write(noise + line({ id: `msg_${part}` }));
    await file.write(`{"text":"${'y'.repeat(40_000_000)}\n${line({ id: 'after' })}`);
    await file.close();
    const controller = new AbortController();

    const broken = failureOf(transcripts.scan(controller.signal));
    setTimeout(() => controller.abort('enough'), 5);
    assert.equal(await broken, 'enough');
    const held = watchLoop();
    const { charges } = await scan();

    assert.equal(transcripts.usedSince(0)[0]?.requests, 11);
    assert.equal(charges.length, 11);
    assert.ok(held.longestMs() < 500, `held up for ${held.longestMs()} ms`);
  });

  test('two who ask at once share one reading', async () => {
    await put('a/one.jsonl', line());

    const [first, second] = await Promise.all([scan(), scan()]);

    assert.equal(first, second);
  });

  test('the folders are the one that is set, else the usual two', () => {
    assert.deepEqual(transcriptFolders({ CLAUDE_CONFIG_DIR: '/a, /b' }, '/home/me'), [
      '/a/projects',
      '/b/projects',
    ]);
    assert.deepEqual(transcriptFolders({}, '/home/me'), [
      '/home/me/.claude/projects',
      '/home/me/.config/claude/projects',
    ]);
  });
});

/** The longest time for which nothing else could run. */
function watchLoop() {
  let last = performance.now();
  let longest = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  return {
    longestMs: () => {
      clearInterval(timer);
      return longest;
    },
  };
}
