import assert from 'node:assert/strict';
import { setup, suite, teardown, test } from 'mocha';
import { SluiceError } from '../../src/base/errors.ts';
import type { ModelEvent } from '../../src/flow/transport.ts';
import type { ScriptStep } from '../../src/node/simulatedScript.ts';
import {
  type Collected,
  callFor,
  collect,
  failureOf,
  neverAborted,
  SimulatedTrial,
  TIMEOUT_MS,
  WIRES,
} from '../support/simulatedTrial.ts';

const platform = 'trial';

for (const wire of WIRES) {
  suite(`how a stream over ${wire} ends early`, () => {
    let trial: SimulatedTrial;
    setup(async () => {
      trial = await SimulatedTrial.start(wire);
    });
    teardown(() => trial.dispose());

    const run = (): Promise<Collected> => collect(trial.transport.stream(callFor('explain'), neverAborted()));
    const play = (fault: ScriptStep['fault']): Promise<Collected> => {
      trial.platform.script([{ fault }]);
      return run();
    };

    test('cancelled before the first token, the platform stops and the reason comes back', async () => {
      const controller = new AbortController();
      const arrived = scriptHang(trial, undefined);
      const running = collect(trial.transport.stream(callFor('explain'), controller.signal));
      await arrived;

      controller.abort(new Error('changed my mind'));
      const { events, error } = await running;
      await trial.platform.idle();

      assert.equal(error, controller.signal.reason);
      assert.deepEqual(events, []);
      assert.equal(trial.platform.requests[0]?.outcome, 'cancelled');
    });

    test('cancelled after the first token, the platform stops and no event follows', async () => {
      const controller = new AbortController();
      trial.platform.script([{ fault: { kind: 'hang', afterChunks: 4 } }]);
      const seen: ModelEvent[] = [];
      let error: unknown;

      try {
        for await (const event of trial.transport.stream(callFor('explain'), controller.signal)) {
          seen.push(event);
          if (event.kind === 'text') controller.abort();
        }
      } catch (thrown) {
        error = thrown;
      }
      await trial.platform.idle();

      assert.equal(error, controller.signal.reason);
      assert.equal(seen.filter(({ kind }) => kind === 'text').length, 1);
      const entry = trial.platform.requests[0];
      assert.deepEqual([entry?.outcome, entry?.outputTokens], ['cancelled', 4]);
    });

    test('cancelled before it began, nothing is sent', async () => {
      const { events, error } = await collect(
        trial.transport.stream(callFor('explain'), AbortSignal.abort('no')),
      );

      assert.deepEqual([events, error], [[], 'no']);
      assert.deepEqual(trial.platform.requests, []);
    });

    test('a reader that stops reading closes the connection', async () => {
      trial.platform.script([{ fault: { kind: 'hang', afterChunks: 4 } }]);

      for await (const event of trial.transport.stream(callFor('explain'), neverAborted())) {
        if (event.kind === 'text') break;
      }
      await trial.platform.idle();

      assert.equal(trial.platform.requests[0]?.outcome, 'cancelled');
    });

    test('silence before the first token is a timeout, and closes the connection', async () => {
      const arrived = scriptHang(trial, undefined);
      const running = collect(trial.transport.stream(callFor('explain'), neverAborted()));
      await arrived;

      trial.clock.advance(TIMEOUT_MS);
      const { error } = await running;
      await trial.platform.idle();

      assert.ok(SluiceError.is(error, 'timeout'), String(error));
      assert.deepEqual(error.facts, { platform, afterMs: TIMEOUT_MS });
      assert.equal(trial.platform.requests[0]?.outcome, 'cancelled');
    });

    test('the timeout counts from the last event, not from the first', async () => {
      trial.platform.script([{ fault: { kind: 'hang', afterChunks: 2 } }]);
      const stream = trial.transport.stream(callFor('explain'), neverAborted())[Symbol.asyncIterator]();
      await stream.next();
      trial.clock.advance(TIMEOUT_MS - 1);

      let texts = 0;
      while (texts < 2) {
        const { value } = await stream.next();
        if (value?.kind === 'text') texts++;
      }
      const waiting = failureOf(stream.next());
      trial.clock.advance(TIMEOUT_MS - 1);
      assert.equal(trial.clock.pending, 1);
      trial.clock.advance(1);

      assert.ok(SluiceError.is(await waiting, 'timeout'));
    });

    test('no timer is left behind by an answer, a failure or a cancel', async () => {
      await run();
      await play({ kind: 'overloaded' });
      await play({ kind: 'cut' });
      await trial.transport.check(neverAborted());

      assert.equal(trial.clock.pending, 0);
    });

    test('disposing of the transport ends what runs, closes its connections and lets nothing new begin', async () => {
      await run();
      const arrived = scriptHang(trial, undefined);
      const running = collect(trial.transport.stream(callFor('explain'), neverAborted()));
      await arrived;

      trial.transport.dispose();
      const { error } = await running;
      const after = await run();
      await trial.platform.idle();

      assert.ok(SluiceError.is(error, 'network'));
      assert.equal(error.facts.cause, 'transport-closed');
      assert.ok(SluiceError.is(after.error, 'network'));
      assert.equal(trial.platform.requests.length, 2);
    });

    test('idle connections are closed with the transport', async () => {
      await run();
      assert.equal(await trial.platform.connections(), 1);

      trial.transport.dispose();

      let open = await trial.platform.connections();
      for (let turn = 0; turn < 1_000 && open > 0; turn++) {
        await new Promise<void>((resolve) => setImmediate(resolve));
        open = await trial.platform.connections();
      }
      assert.equal(open, 0);
    });

    test('connections are kept alive from one request to the next', async () => {
      for (let round = 0; round < 8; round++) await run();

      assert.ok((await trial.platform.connections()) <= 2);
    });
  });
}

/** Resolves when the request has arrived at the platform, which then says no more. */
function scriptHang(trial: SimulatedTrial, afterChunks: number | undefined): Promise<void> {
  return new Promise((resolve) => {
    const match = () => {
      resolve();
      return true;
    };
    trial.platform.script([
      { match, fault: afterChunks === undefined ? { kind: 'hang' } : { kind: 'hang', afterChunks } },
    ]);
  });
}
