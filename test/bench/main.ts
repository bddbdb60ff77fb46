/** `npm run bench -- NAME [--data PATH] [--json]`: runs one benchmark, prints one JSON object last. */
import { parseArgs } from 'node:util';
import { type Bench, machine, type Report } from './report.ts';

const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  activation: async () => (await import('./activation.ts')).activation,
  cache: async () => (await import('./cache.ts')).cache,
  day: async () => (await import('./day.ts')).day,
  bucket: async () => (await import('./bucket.ts')).bucket,
  edits: async () => (await import('./edits.ts')).edits,
  'quota-trace': async () => (await import('./quotaTrace.ts')).quotaTrace,
  panel: async () => (await import('./panel.ts')).panel,
  inline: async () => (await import('./inline.ts')).inline,
  pipeline: async () => (await import('./pipeline.ts')).pipeline,
  routing: async () => (await import('./routing.ts')).routing,
  session: async () => (await import('./session.ts')).session,
  semantic: async () => (await import('./semantic.ts')).semantic,
  transport: async () => (await import('./transport.ts')).transport,
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { data: { type: 'string' }, json: { type: 'boolean', default: false } },
});
const [name = ''] = positionals;
const load = BENCHES[name];

if (load === undefined || positionals.length > 1) {
  console.error(
    `usage: npm run bench -- NAME [--data PATH] [--json]\nNAME is one of: ${Object.keys(BENCHES).join(', ')}`,
  );
  process.exitCode = 2;
} else {
  const say = values.json ? () => undefined : (line: string) => console.log(line);
  const { results, checks } = await (await load())({ data: values.data, say });
  const report: Report = { bench: name, machine: machine(), data: values.data ?? null, results, checks };
  for (const { name: what, value, unit, bound, pass } of checks) {
    say(`${pass ? 'pass' : 'FAIL'}  ${what}: ${value} ${unit} (${bound})`);
  }
  console.log(JSON.stringify(report));
  process.exitCode = checks.every(({ pass }) => pass) ? 0 : 1;
}
