/** The nearest of many vectors. */
import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import { DIMENSIONS, VectorSearch, wasmIn } from '../../src/cache/vectorSearch.ts';

const random = seededRandom(7);

function unit(): Float32Array {
  const vector = Float32Array.from({ length: DIMENSIONS }, () => random() + random() + random() - 1.5);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

suite('vector search', () => {
  test('WebAssembly and plain script give the same neighbours, over the first capacity too', () => {
    const fast = new VectorSearch(wasmIn(globalThis));
    const plain = new VectorSearch(undefined);
    const vectors = Array.from({ length: 3_000 }, unit);
    vectors.forEach((vector, at) => {
      fast.set(String(at), vector);
      plain.set(String(at), vector);
    });

    const queries = Array.from({ length: 20 }, unit);

    assert.notEqual(wasmIn(globalThis), undefined);
    for (const query of queries) assert.deepEqual(fast.nearest(query, 5), plain.nearest(query, 5));
    assert.ok(vectors.every((vector, at) => fast.nearest(vector, 1)[0]?.id === String(at)));
  });

  test('the kernel is in use: a host whose module cannot be made falls back, one that can is asked', () => {
    const host = wasmIn(globalThis);
    assert.ok(host);
    const { Module } = host;
    let made = 0;
    const counting = {
      ...{ Memory: host.Memory, Instance: host.Instance },
      Module: class {
        constructor(bytes: Uint8Array<ArrayBuffer>) {
          made++;
          // biome-ignore lint/correctness/noConstructorReturn: stands in for the host's own class
          return new Module(bytes);
        }
      },
    };
    const failing = {
      ...{ Memory: host.Memory, Instance: host.Instance },
      Module: class {
        constructor() {
          throw new TypeError('no SIMD');
        }
      },
    };

    const vector = unit();
    for (const search of [new VectorSearch(counting), new VectorSearch(failing)]) {
      search.set('one', vector);
      assert.equal(search.nearest(vector, 1)[0]?.id, 'one');
    }

    assert.equal(made, 1);
  });

  test('law: it holds what a map would hold after any setting and deleting', () => {
    const search = new VectorSearch(wasmIn(globalThis));
    const held = new Map<string, Float32Array>();
    for (let step = 0; step < 2_000; step++) {
      const id = String(Math.floor(random() * 120));
      if (random() < 0.6) {
        const vector = unit();
        search.set(id, vector);
        held.set(id, vector);
      } else {
        search.delete(id);
        held.delete(id);
      }
      assert.equal(search.size, held.size);
    }

    for (const [id, vector] of held) assert.equal(search.nearest(vector, 1)[0]?.id, id);
    assert.deepEqual(
      search
        .nearest(unit(), 1_000)
        .map(({ id }) => id)
        .sort(),
      [...held.keys()].sort(),
    );
  });

  test('an empty one finds nothing', () => {
    assert.deepEqual(new VectorSearch(wasmIn(globalThis)).nearest(unit(), 3), []);
  });
});
