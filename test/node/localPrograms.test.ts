import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { systemClock } from '../../src/base/clock.ts';
import { ollamaAddress } from '../../src/host/ollamaAddress.ts';
import { answersAt } from '../../src/node/probe.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { RawServer } from '../support/rawServer.ts';

suite('programs on this machine', () => {
  test('Ollama is where its own variable says, else at its usual port', () => {
    const usual = 'http://127.0.0.1:11434/v1';
    for (const [setting, address] of [
      [undefined, usual],
      ['', usual],
      ['  ', usual],
      ['0.0.0.0', usual],
      ['[::]:5000', 'http://127.0.0.1:5000/v1'],
      ['127.0.0.1:5000', 'http://127.0.0.1:5000/v1'],
      ['"localhost:5000"', 'http://localhost:5000/v1'],
      [':5000', 'http://127.0.0.1:5000/v1'],
      ['workstation', 'http://workstation:11434/v1'],
      ['http://workstation', 'http://workstation/v1'],
      ['https://models.example/ollama/', 'https://models.example/ollama/v1'],
      ['not an address', usual],
      ['127.0.0.1:notaport', usual],
    ] as const) {
      assert.equal(ollamaAddress(setting), address, setting);
    }
  });

  test('a program is found when it answers, and not when it refuses, is not there, or never says a word', async () => {
    const server = await RawServer.start();
    server.reply = { body: '{"data":[]}' };
    const found = await answersAt(`${server.url}/v1`, systemClock);
    server.reply = { status: 404 };
    const other = await answersAt(`${server.url}/v1`, systemClock);
    server.dispose();
    const gone = await answersAt(`${server.url}/v1`, systemClock).catch(() => 'threw');

    const silent = await RawServer.start({ silent: true });
    const clock = new FakeClock();
    const waiting = answersAt(`${silent.url}/v1`, clock);
    clock.advance(2_000);
    const mute = await waiting;
    silent.dispose();

    assert.deepEqual([found, other, gone, mute], [true, false, false, false]);
    assert.deepEqual(new Set(server.requests.map(({ url }) => url)), new Set(['/v1/models']));
  });
});
