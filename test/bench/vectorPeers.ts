/** The vector search beside sqlite-vec in the same run: 100,000 unit vectors of 256 numbers in 2,000 clusters. */
import { DatabaseSync } from 'node:sqlite';
import { load } from 'sqlite-vec';
import { type Random, seededRandom } from '../../src/base/random.ts';
import { DIMENSIONS, VectorSearch, wasmIn } from '../../src/cache/vectorSearch.ts';
import { check, quantile, summary } from './report.ts';

const VECTORS = 100_000;
const CLUSTERS = 2_000;
const QUERIES = 500;
const WARM_UP = 50;
/** sqlite-vec is asked less often: it is slow. */
const PEER_QUERIES = 50;
/** Cosine of a query to the vector that it is near to. */
const NEAR = 0.95;
const MOST_MS = 2;
const MOST_OF_PEER = 0.1;
const LEAST_RECALL = 0.995;

export function searchBeside(say: (line: string) => void) {
  const random = seededRandom(1);
  const centres = Array.from({ length: CLUSTERS }, () => gaussian(random));
  const vectors = Array.from({ length: VECTORS }, (_, at) => {
    const noise = gaussian(random);
    return toUnit((centres[at % CLUSTERS] ?? noise).map((value, axis) => value + (noise[axis] ?? 0)));
  });
  const queries = Array.from({ length: QUERIES + WARM_UP }, () => {
    const at = Math.floor(random() * VECTORS);
    return { at, query: nearTo(vectors[at] ?? new Float32Array(DIMENSIONS), random) };
  });
  const search = new VectorSearch(wasmIn(globalThis));
  const building = performance.now();
  vectors.forEach((vector, at) => {
    search.set(String(at), vector);
  });
  const buildMs = performance.now() - building;
  const own = timed(queries, (query) => search.nearest(query, 1)[0]?.id);
  const plain = new VectorSearch(undefined);
  vectors.forEach((vector, at) => {
    plain.set(String(at), vector);
  });
  const script = timed(queries.slice(0, WARM_UP + PEER_QUERIES), (query) => plain.nearest(query, 1)[0]?.id);
  const peer = timed(queries.slice(0, WARM_UP + PEER_QUERIES), sqliteVec(vectors));
  const ratio = quantile(own.times, 0.5) / quantile(peer.times, 0.5);
  const results = {
    ms: summary(own.times),
    withoutWasmMs: summary(script.times),
    sqliteVecMs: summary(peer.times),
    recall: own.recall,
    sqliteVecRecall: peer.recall,
    buildUsEach: (1_000 * buildMs) / VECTORS,
    megabytes: search.bytes / 1e6,
  };
  say(`search: ${JSON.stringify(results)}`);
  return {
    results,
    checks: [
      check('search over 100,000, P99', results.ms.p99, '<=', MOST_MS, 'ms'),
      check('search, median', ratio, '<=', MOST_OF_PEER, '× sqlite-vec'),
      check('search, nearest found', own.recall, '>=', LEAST_RECALL, 'share'),
    ],
  };
}

interface Query {
  readonly at: number;
  readonly query: Float32Array;
}

function timed(queries: readonly Query[], find: (query: Float32Array) => string | undefined) {
  const times: number[] = [];
  let found = 0;
  for (const { at, query } of queries) {
    const from = performance.now();
    const id = find(query);
    times.push(performance.now() - from);
    if (id === String(at)) found++;
  }
  return { times: times.slice(WARM_UP), recall: found / queries.length };
}

function sqliteVec(vectors: readonly Float32Array[]): (query: Float32Array) => string | undefined {
  const database = new DatabaseSync(':memory:', { allowExtension: true });
  load(database);
  database.exec(`create virtual table vectors using vec0(id integer primary key, v float[${DIMENSIONS}])`);
  const insert = database.prepare('insert into vectors (id, v) values (?, ?)');
  database.exec('begin');
  vectors.forEach((vector, at) => {
    insert.run(BigInt(at), new Uint8Array(vector.buffer));
  });
  database.exec('commit');
  const select = database.prepare('select id from vectors where v match ? and k = 1');
  return (query) => {
    const row = select.get(new Uint8Array(query.buffer));
    return row === undefined ? undefined : String(row.id);
  };
}

function nearTo(vector: Float32Array, random: Random): Float32Array {
  const noise = toUnit(gaussian(random));
  const rest = Math.sqrt(1 / NEAR ** 2 - 1);
  return toUnit(vector.map((value, axis) => value + rest * (noise[axis] ?? 0)));
}

/** By Box and Muller. */
function gaussian(random: Random): Float32Array {
  return Float32Array.from(
    { length: DIMENSIONS },
    () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}

function toUnit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return vector.map((value) => value / length);
}
