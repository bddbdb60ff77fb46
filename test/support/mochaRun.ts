/** One mocha run whose result is data: the same in plain Node, in an extension host, and over a browser. */
import { type Failure, type MochaPlan, type MochaResult, noteProgress, writeResult } from './mochaPlan.ts';

/** Suites whose time is told. */
const SLOWEST = 8;

/** A test is `test('a sentence', …)`; `suite`, `setup` and `teardown` go with it (mocha's `tdd` interface). */
export async function runMocha(plan: MochaPlan): Promise<MochaResult> {
  const mocha = await createMocha(plan);
  noteProgress(plan, 'loading the tests');
  await mocha.loadFilesAsync();
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures: Failure[] = [];
  const suites = new Map<string, number>();
  const startedAt = new Map<Mocha.Suite, number>();
  const tell = (test: Mocha.Runnable, verdict: string): void => {
    if (plan.talkative) console.log(`  ${verdict} ${test.fullTitle()} (${test.duration ?? 0} ms)`);
  };
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    runner.on('test', (test) => noteProgress(plan, `running '${test.fullTitle()}'`));
    runner.on('suite', (suite) => startedAt.set(suite, performance.now()));
    runner.on('suite end', (suite) => {
      if (suite.parent?.root) suites.set(suite.title, performance.now() - (startedAt.get(suite) ?? 0));
    });
    runner.on('pending', () => counts.skipped++);
    runner.on('pass', (test) => {
      counts.passed++;
      tell(test, '✓');
    });
    runner.on('fail', (test, error: unknown) => {
      counts.failed++;
      tell(test, '✗');
      failures.push({ title: test.fullTitle(), message: describe(error) });
    });
  });
  const slowest = [...suites].map(([title, ms]) => ({ title, ms: Math.round(ms) }));
  slowest.sort((a, b) => b.ms - a.ms);
  const result = { ...counts, failures, slowest: slowest.slice(0, SLOWEST) };
  writeResult(plan, result);
  return result;
}

/** mocha's own reports stay silent: whoever asked prints the result, once and for all kinds of host alike. */
async function createMocha({ files, timeoutMs, grep }: MochaPlan): Promise<Mocha> {
  const { default: Mocha } = await import('mocha');
  const forbidOnly = process.env.CI !== undefined;
  const filter = grep === undefined ? {} : { grep };
  const mocha = new Mocha({ ui: 'tdd', reporter: 'base', timeout: timeoutMs, forbidOnly, ...filter });
  for (const file of files) mocha.addFile(file);
  return mocha;
}

/** With the difference between actual and expected, which the assertion's own message has. */
function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
