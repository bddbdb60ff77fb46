import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { DEFAULT_SETTINGS, parseSettings, SETTINGS, type SettingKey } from '../../src/flow/settings.ts';

const from = (values: Record<string, unknown>) => parseSettings((key) => values[key]);

suite('settings', () => {
  test('nothing set gives the defaults, and nothing is rejected', () => {
    assert.deepEqual(from({}), { settings: DEFAULT_SETTINGS, rejected: [], rows: [] });
  });

  test('good values are taken', () => {
    const { settings, rejected } = from({
      'statusBar.show': 'alerts',
      'cache.maxEntries': 5,
      'routing.qualityBar': 0.25,
      'routing.rules': [{ model: 'a/b', task: 'fix', language: 'rust' }],
      'quota.alertAtPercent': [50, 100],
      'openai.baseUrl': ' http://127.0.0.1:8080/v1/ ',
    });

    assert.deepEqual(rejected, []);
    assert.equal(settings['openai.baseUrl'], 'http://127.0.0.1:8080/v1');
    assert.deepEqual(settings['routing.rules'], [{ model: 'a/b', task: 'fix', language: 'rust' }]);
  });

  test('the address of a Redis is one of Redis, and its prefix a short word', () => {
    const urls = [
      'redis://host',
      ' rediss://user:secret@host:6380/2 ',
      'http://host',
      'redis://',
      'host:6379',
    ];
    const parsed = urls.map((url) => from({ 'redis.url': url, 'redis.prefix': 'team one' }));

    assert.deepEqual(
      parsed.map(({ settings }) => settings['redis.url']),
      ['redis://host', 'rediss://user:secret@host:6380/2', '', '', ''],
    );
    assert.deepEqual(
      parsed.map(({ settings }) => settings['redis.prefix']),
      urls.map(() => 'sluice'),
    );
  });

  test('a model row that is wrong is named, and the other rows count', () => {
    const good = { platform: 'openai', name: 'gpt-7' };

    const { settings, rejected, rows } = from({ models: [good, { ...good, tier: 'huge' }, 7, good] });

    assert.deepEqual(settings.models, [good, good]);
    assert.deepEqual(rejected, ['models']);
    assert.deepEqual(rows, [
      { key: 'models', row: 2, field: 'tier' },
      { key: 'models', row: 3, field: '' },
    ]);
  });

  test('a declared limit that is wrong is named, and the others count', () => {
    const good = { platform: 'openai', unit: 'usd', size: 5, window: '1d' };

    const { settings, rejected, rows } = from({ limits: [good, { ...good, size: -1 }] });

    assert.deepEqual(settings.limits, [{ ...good, windowMs: 86_400_000 }]);
    assert.deepEqual([rejected, rows], [['limits'], [{ key: 'limits', row: 2, field: 'size' }]]);
  });

  test('whatever a settings file may hold: the default is used and the key is named', () => {
    const junk: unknown[] = [
      'abc',
      -1,
      1e12,
      0.5,
      Number.NaN,
      null,
      true,
      {},
      [1],
      [{ task: 'x', model: 'a' }],
      [{}],
      'ftp://x',
      [[]],
    ];
    const fits = (key: SettingKey, value: unknown) => {
      const { type } = SETTINGS[key];
      if (type === 'boolean') return value === true;
      if (type === 'percents') return Array.isArray(value) && value[0] === 1;
      if (type === 'name') return value === 'abc';
      if (type === 'path' || type === 'command') return typeof value === 'string';
      return type === 'number' && value === 0.5;
    };
    for (const key of Object.keys(SETTINGS) as SettingKey[]) {
      for (const value of junk.filter((one) => !fits(key, one))) {
        const { settings, rejected } = from({ [key]: value });

        assert.deepEqual(rejected, [key], `${key} = ${String(value)}`);
        assert.deepEqual(settings, DEFAULT_SETTINGS);
      }
    }
  });
});
