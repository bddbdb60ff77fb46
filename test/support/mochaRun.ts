/** One mocha run whose result is data: the same in plain Node, in an extension host, and over a browser. */
import { type Failure, type MochaPlan, type MochaResult, noteProgress, writeResult } from './mochaPlan.ts';

/** A test is `test('a sentence', …)`; `suite`, `setup` and `teardown` go with it (mocha's `tdd` interface). */
export async function runMocha(plan: MochaPlan): Promise<MochaResult> {
  const mocha = await createMocha(plan);
  noteProgress(plan, 'loading the tests');
  await mocha.loadFilesAsync();
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures: Failure[] = [];
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    runner.on('test', (test) => noteProgress(plan, `running '${test.fullTitle()}'`));
    runner.on('pass', () => counts.passed++);
    runner.on('pending', () => counts.skipped++);
    runner.on('fail', (test, error: unknown) => {
      counts.failed++;
      failures.push({ title: test.fullTitle(), message: describe(error) });
    });
  });
  const result = { runId: plan.runId, ...counts, failures };
  writeResult(plan, result);
  return result;
}

async function createMocha({ files, timeoutMs, reporter, grep }: MochaPlan): Promise<Mocha> {
  const { default: Mocha } = await import('mocha');
  const mocha = new Mocha({ ui: 'tdd', timeout: timeoutMs, ...(grep === undefined ? {} : { grep }) });
  mocha.reporter(reporter);
  for (const file of files) mocha.addFile(file);
  return mocha;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
