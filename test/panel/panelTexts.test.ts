import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { suite, test } from 'mocha';
import { TASK_TYPES } from '../../src/base/task.ts';
import { ANSWER_ACTIONS } from '../../src/flow/messages.ts';
import { panelTexts } from '../../src/host/panelTexts.ts';
import { LIMIT_UNITS } from '../../src/quota/limitReading.ts';

const FOLDER = new URL('../../src/panel/', import.meta.url);

/** Keys in the panel's sources: whole ones, and the beginnings of those made from a value. */
async function usedKeys() {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.ts'));
  const sources = await Promise.all(names.map((name) => readFile(new URL(name, FOLDER), 'utf8')));
  const text = sources.join('\n');
  const quoted = [...text.matchAll(/'([a-zA-Z]+(?:\.[a-zA-Z-]+)*)'/g)].map((match) => match[1] ?? '');
  const called = [...text.matchAll(/(?:\.t|\.count)\(\s*'([^']+)'/g)].map((match) => match[1] ?? '');
  const begun = [...text.matchAll(/`([a-z]+\.)\$\{/g)].map((match) => match[1] ?? '');
  return { quoted: new Set(quoted), called, begun };
}

suite('panel/panelTexts', () => {
  const texts = panelTexts((message) => message);
  const withoutCount = (key: string) => key.replace(/\.(one|other)$/, '');

  test('every key that the panel asks for has a text', async () => {
    const { called } = await usedKeys();
    const known = new Set([...Object.keys(texts), ...Object.keys(texts).map(withoutCount)]);

    assert.ok(called.length > 50);
    assert.deepEqual(
      called.filter((key) => !known.has(key)),
      [],
    );
  });

  test('every text is asked for', async () => {
    const { quoted, begun } = await usedKeys();

    const idle = Object.keys(texts).filter(
      (key) => !quoted.has(withoutCount(key)) && !begun.some((start) => key.startsWith(start)),
    );

    assert.deepEqual(idle, []);
  });

  test('every task, action and unit has a name', () => {
    const keys = [
      ...TASK_TYPES.map((task) => `task.${task}`),
      ...ANSWER_ACTIONS.map((action) => `action.${action}`),
      ...LIMIT_UNITS.map((unit) => `unit.${unit}`),
    ];

    assert.deepEqual(
      keys.filter((key) => !texts[key]),
      [],
    );
  });
});
