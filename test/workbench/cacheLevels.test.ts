/** What the cache levels do for a person in front of a window: over a reload, in a dialog, in the team's Redis. */
import assert from 'node:assert/strict';
import type { Buffer } from 'node:buffer';
import { suite, suiteSetup, suiteTeardown, teardown, test } from 'mocha';
import { systemRandom } from '../../src/base/random.ts';
import { connectRedis, type RedisConnection } from '../../src/node/redisConnection.ts';
import { type CodeServer, startCodeServer } from '../support/codeServer.ts';
import { repoRoot } from '../support/paths.ts';
import { keepPicture } from '../support/pictures.ts';
import { answer } from '../support/quickInput.ts';
import { type RedisServer, startRedis } from '../support/redisServer.ts';
import { copySample, linesOf } from '../support/sampleWorkspace.ts';
import { type Answer, explainSelection, finishedAnswer, meter } from '../support/sluiceViews.ts';
import { until } from '../support/until.ts';
import { Workbench } from '../support/workbench.ts';

const never = new AbortController().signal;
const within = (what: string) => ({ what, timeoutMs: 45_000 });
/** In front of a sealed value. */
const SEALED = 0x80;
const SECRET = 'correct horse battery staple';

suite('cache levels in a window', () => {
  let sample: Awaited<ReturnType<typeof copySample>>;
  let redis: RedisServer;
  let looking: RedisConnection;
  let server: CodeServer;
  let workbench: Workbench;
  let last: Answer | undefined;

  suiteSetup(async () => {
    [sample, redis] = await Promise.all([copySample(), startRedis()]);
    looking = connectRedis({ url: redis.url }, systemRandom, 10_000);
    await new Promise<void>((resolve) => looking.redis.once('ready', () => resolve()));
    // On a busy machine the connection takes longer than a request would wait for it.
    const patient = { 'sluice.cache.slowAfterMilliseconds': 1_000, 'sluice.routing.explorePercent': 0 };
    const settings = { 'sluice.redis.url': redis.url, ...patient };
    server = await startCodeServer({ name: 'cache-levels', extensionFolders: [repoRoot], settings }, never);
    workbench = await Workbench.open(server, { folder: sample.folder }, never);
    await meter(workbench);
  });
  suiteTeardown(async () => {
    await workbench?.close();
    await server?.stop();
    looking?.redis.disconnect();
    await redis?.stop();
    await sample?.remove();
  });
  teardown(async function () {
    if (this.currentTest?.state === 'failed') await keepPicture(workbench, this.currentTest);
  });

  async function explain(name: string): Promise<Answer> {
    await workbench.openFile('cart.ts');
    await workbench.selectLines(await linesOf(name, 'cart.ts'));
    last = await explainSelection(workbench, last);
    return last;
  }

  /** The values of the team's cache, once there are so many. */
  async function values(atLeast: number): Promise<{ readonly name: string; readonly bytes: Buffer }[]> {
    return until(within(`${atLeast} values in Redis`), async () => {
      const names = await looking.redis.keys('sluice:cache:v:*');
      if (names.length < atLeast) return undefined;
      const found = await Promise.all(
        names.map(async (name) => ({ name, bytes: await looking.redis.getBuffer(name) })),
      );
      return found.flatMap(({ name, bytes }) => (bytes === null ? [] : [{ name, bytes }]));
    });
  }

  test('a secret that was set in the palette seals what goes to Redis from then on', async () => {
    await explain('subtotal');
    const [plain] = await values(1);
    assert.ok(plain && plain.bytes[0] !== SEALED);

    await workbench.runCommand('Sluice: Set Cache Secret…');
    await answer(workbench.page, SECRET);
    await explain('bestDiscount');
    const all = await values(2);
    const sealed = all.filter(({ name }) => name !== plain.name);

    assert.deepEqual(
      sealed.map(({ bytes }) => bytes[0]),
      [SEALED],
    );
    assert.doesNotMatch(sealed[0]?.bytes.toString('latin1') ?? '', /answers|storedAtMs|bestDiscount/);
  });

  test('after a reload of the window the answer comes from a level below', async () => {
    await looking.redis.flushall();
    const loaded = workbench.page.waitForEvent('load');
    await workbench.runCommand('Developer: Reload Window');
    await loaded;
    await meter(workbench);

    last = undefined;
    const { receipt } = await explain('bestDiscount');

    assert.match(receipt.get('Cache') ?? '', /Hit on disk/);
  });

  test('a hit is explained, and asked fresh from there', async () => {
    await workbench.runCommand('Sluice: Explain This Cache Hit');
    const dialog = workbench.page.locator('.monaco-dialog-box');
    await dialog.waitFor();
    const text = (await dialog.textContent()) ?? '';
    await dialog.getByRole('button', { name: 'Ask Fresh' }).click();
    const { receipt } = await finishedAnswer(workbench, last);

    assert.match(text, /First answered by/);
    assert.match(text, /Equal in every part/);
    assert.match(text, /typescript/);
    assert.doesNotMatch(receipt.get('Cache') ?? '', /Hit/);
  });
});
