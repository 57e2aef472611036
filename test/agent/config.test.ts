import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../agent/template/error.ts';
import { loadConfig, parseCommand, parseFiles } from '../../agent/config.ts';
import type { ValueMap } from '../../agent/value/value.ts';
import { aVolume } from './render/fresh-volume.ts';

const file = (name: string, text: string) => ({
  name,
  volume: '/secrets',
  path: name,
  mode: 0o644,
  template: { text, left: '{{', right: '}}' },
});

describe('the command line', () => {
  test.each(['run', 'init'] as const)('may ask to %s, with the configuration in the environment', (mode) => {
    const command = parseCommand([mode], { SIDEKEY_CONFIG: '{}' });
    expect(command).toEqual({
      ok: true,
      value: { mode, source: { text: '{}' }, logLevel: 'info', logFormat: 'json' },
    });
  });

  test('may name a file instead, which then counts', () => {
    const command = parseCommand(['run', '--config', 'a.json'], {
      SIDEKEY_CONFIG: '{}',
      SIDEKEY_LOG_LEVEL: 'debug',
    });
    expect(command).toMatchObject({ value: { source: { file: 'a.json' }, logLevel: 'debug' } });
  });

  test.each([
    ['nothing', []],
    ['an unknown command', ['serve']],
    ['an unknown option', ['run', '--verbose']],
    ['an option without its value', ['run', '--config']],
    ['too much', ['run', '--config', 'a', 'b']],
  ])('is refused with the usage: %s', (_, argv) => {
    const command = parseCommand(argv, { SIDEKEY_CONFIG: '{}' });
    expect(command.ok ? [] : command.problems.map(({ message }) => message)).toContain(
      'usage: agent run|init [--config FILE], or agent sync --config FILE',
    );
  });

  test('reports every problem', () => {
    const command = parseCommand(['fly'], { SIDEKEY_LOG_LEVEL: 'loud' });
    expect(command.ok ? [] : command.problems.map(({ key }) => key)).toEqual([
      'fly',
      'SIDEKEY_CONFIG',
      'SIDEKEY_LOG_LEVEL',
    ]);
  });
});

describe('the configuration', () => {
  test('is read from a file', async () => {
    const path = join(aVolume(), 'config.json');
    await writeFile(path, '{"version":2}');
    const config = loadConfig({ file: path });
    expect(config.ok ? '' : config.problems[0]?.key).toBe('config.version');
  });

  test('in a file that cannot be read is a problem', () => {
    expect(loadConfig({ file: '/nowhere/config.json' })).toEqual({
      ok: false,
      problems: [{ key: '--config', message: 'Cannot read /nowhere/config.json: ENOENT' }],
    });
  });
});

const noFile = (): string => {
  throw new Fault('there is none');
};

describe('templates', () => {
  test('that cannot be parsed are all named, with the place', async () => {
    const all = [file('good', 'text'), file('bad', '{{ if }}'), file('worse', '{{ nothing }}')];
    const files = await parseFiles(all, noFile);
    expect(files.ok ? [] : files.problems).toMatchObject([
      { key: 'files "bad"', message: expect.stringContaining('line 1') as string },
      { key: 'files "worse"', message: expect.stringContaining('line 1') as string },
    ]);
  });
});

test('a file is made of a secret in a format where no template is given', async () => {
  const spec = {
    name: 'app.env',
    volume: '/secrets',
    path: 'app.env',
    mode: 0o644,
    source: { store: 'vault', path: 'kv/app' },
    format: 'dotenv',
  } as const;
  const files = await parseFiles([spec], noFile);
  const body: ValueMap = new Map([['data', new Map([['KEY', 'value']])]]);
  const inputs = { has: () => true, secret: () => body, env: () => undefined, now: () => new Date(0) };
  const evaluation = files.ok ? files.value[0]?.evaluate(inputs) : undefined;
  expect(evaluation?.ok && evaluation.text.reveal()).toBe("KEY='value'\n");
});
