/**
 * `node test/support/trainVerifier.ts --data FILE [--judge OUT] [--out FILE]`: trains the verifier on four fifths of the
 * pairs, and writes the last fifth, which it does not look at, to OUT for the benchmark.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { wasmIn } from '../../src/cache/vectorSearch.ts';
import { readPairs, split } from './questionPairs.ts';
import { codeEvidence } from './semanticTrial.ts';
import { trainWhole } from './verifierTraining.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    judge: { type: 'string' },
    out: { type: 'string', default: 'src/cache/verifierWeights.ts' },
  },
});
if (values.data === undefined) {
  console.error('usage: node test/support/trainVerifier.ts --data FILE [--judge OUT] [--out FILE]');
  process.exit(2);
}

const [train = [], judge = []] = split(readPairs(values.data), [0.8, 0.2], 99);
const { tables, trees, trust, evidence } = trainWhole(train, wasmIn(globalThis), (line) => console.log(line));
const base64 = (bytes: Uint8Array | Int8Array | Float32Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

writeFileSync(
  values.out,
  `/**
 * Weights of the verifier of free questions and the evidence it was calibrated with, written by
 * test/support/trainVerifier.ts on ${new Date().toISOString().slice(0, 10)}; not to be edited. Trained on ${train.length} pairs of
 * Quora Question Pairs as packed by zilliztech/GPTCache @c59fb3a6 \`examples/benchmark\` (MIT licence).
 */
import type { VerifierEvidence } from './verifier.ts';
import type { PackedWeights } from './verifierModel.ts';

// biome-ignore-start format: data
export const verifierWeights: PackedWeights = {
  rarity: '${base64(tables.rarity)}',
  hints: '${base64(tables.hints)}',
  meanings: '${base64(tables.meanings)}',
  votes: '${base64(tables.votes)}',
  edges: '${base64(trees.edges)}',
  trees: '${base64(trees.trees)}',
  trustEdges: '${base64(trust.edges)}',
  trustTrees: '${base64(trust.trees)}',
};
export const verifierEvidence: VerifierEvidence = ${JSON.stringify({ free: evidence, code: codeEvidence() })};
// biome-ignore-end format: data
`,
);
if (values.judge !== undefined) {
  writeFileSync(
    values.judge,
    judge.map(({ a, b, same }) => JSON.stringify({ a, b, same: same ? 1 : 0 })).join('\n'),
  );
}
console.log(`${train.length} trained, ${judge.length} kept apart: ${values.out}`);
