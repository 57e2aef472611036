import { describe, expect, it, test } from 'vitest';
import { listIn, objectIn } from '#contract/json.ts';
import { DROP_IN, OPENBAO } from '../../../injector/annotations/families.ts';
import type { FoundName } from '../../../injector/annotations/names.ts';
import { annotations, injected, podWith, SETTINGS } from '../admission/example.ts';
import { agentOf, configOf, decide, placesOf, problems, specWith, warned } from './migrating.ts';

/** What charts and people write for the Vault Agent Injector, and what it made of it. */

describe('an empty text', () => {
  const rows = DROP_IN.names.filter(({ emptyIsNone }) => emptyIsNone === true).map(({ key }) => key);

  test.each(rows)('of %s is as no annotation', (row) => {
    expect(configOf({ [row.replace(/X$/u, 'api')]: '' })).toEqual(configOf({}));
    expect(decide({ [row.replace(/X$/u, 'api')]: '' }).warnings).toEqual([]);
  });

  it('is so in the words of OpenBao, too, where it is what counts', () => {
    const pod = podWith(
      {
        ...annotations({ 'log-level': 'debug' }),
        [`${OPENBAO.prefix}log-level`]: '',
      },
      specWith(),
    );
    const names = listIn(listIn(objectIn(injected(pod), 'spec'), 'initContainers')[0] ?? {}, 'env');
    expect(names.map((one) => one['name'])).not.toContain('SIDEKEY_LOG_LEVEL');
  });

  it('says something where it does with the Vault Agent Injector', () => {
    expect(problems(decide({ role: '' }))).toHaveLength(1);
    expect(configOf({ 'auth-config-role': '' }).vault?.auth).toMatchObject({ role: 'ml' });
    expect(decide({ 'agent-configmap': '' })).toMatchObject({ outcome: 'injected', warnings: [] });
  });

  it('of a file stands for no file, with a warning', () => {
    const verdict = decide({ 'agent-inject-secret-other': ' ', 'agent-inject-template-third': '' });
    expect(warned(verdict)).toEqual([
      'is blank, so that there is no file "other"',
      'is blank, so that there is no file "third"',
    ]);
  });
});

describe('a text in a spelling that Vault Agent takes', () => {
  test.each([
    ['30', 30_000],
    ['1d', 86_400_000],
    ['90s', 90_000],
    ['0', SETTINGS.pollMs],
    ['0s', SETTINGS.pollMs],
  ])('is read anew each %s', (text, pollMs) => {
    expect(configOf({ 'template-static-secret-render-interval': text })).toMatchObject({ pollMs });
  });

  test.each(['0', '0.0', '0m'])('asks for no CPU with %j', (text) => {
    expect(agentOf({ 'agent-requests-cpu': text, 'agent-limits-cpu': text })).toEqual(
      agentOf({ 'agent-requests-cpu': '', 'agent-limits-cpu': '' }),
    );
  });

  test.each(['JSON', 'Json', ' json'])('logs as %j', (text) => {
    expect(agentOf({ 'log-format': text })).toEqual(agentOf({ 'log-format': 'json' }));
  });

  test.each([
    ['vault', '/vault/api'],
    ['etc//secrets/', '/etc/secrets/api'],
    ['/etc/./secrets', '/etc/secrets/api'],
  ])('mounts files from the root at %j', (text, place) => {
    expect(placesOf({ 'secret-volume-path': text })).toEqual([place]);
  });

  test.each(['../secrets', '/etc/../secrets', ' /etc ', '', '/'])('mounts nothing at %j', (text) => {
    expect(problems(decide({ 'secret-volume-path': text }))).toHaveLength(1);
  });

  test.each([
    ['644', 0o644],
    ['00640', 0o640],
    ['', 0o644],
  ])('gives the mode %j', (text, mode) => {
    expect(configOf({ 'agent-inject-perms-api': text }).files).toMatchObject([{ mode }]);
  });

  test.each(['0644 ', '0o644', '1777', 'rw-r--r--'])('gives no mode %j', (text) => {
    expect(problems(decide({ 'agent-inject-perms-api': text }))).toHaveLength(1);
  });

  it('is a command, with the end of its line', () => {
    const command = { 'agent-inject-command-api': 'touch /vault/secrets/changed\n' };
    expect(configOf(command).files).toMatchObject([
      { reload: { words: ['touch', '/vault/secrets/changed'] } },
    ]);
  });

  test.each(['0', '0s'])('pauses as usual with %j', (text) => {
    expect(configOf({ 'auth-min-backoff': text, 'auth-max-backoff': text })).not.toHaveProperty('backoff');
  });
});

describe('what is said of nothing is ignored with a warning', () => {
  it('and with the file that is meant', () => {
    const verdict = decide({
      'agent-inject-file-secret-api': 'a.env',
      'agent-inject-command-apy': 'kill -HUP app',
    });
    expect(verdict.outcome).toBe('injected');
    expect(warned(verdict)).toEqual([
      expect.stringContaining('is agent-inject-command-api meant?'),
      expect.stringContaining('is agent-inject-file-api meant?'),
    ]);
  });

  test.each([
    ['agent-inject-secert-db', 'agent-inject-secret-db'],
    ['agent-inject-tempalte-db', 'agent-inject-template-db'],
    ['agent-cpu-limit', 'agent-limits-cpu'],
    ['agent-memory-request', 'agent-requests-mem'],
    ['Role', 'role'],
    ['vault-namespace', undefined],
    ['secrets-injection-method', undefined],
    ['tls-skip-verfy', 'tls-skip-verify'],
    ['agent-prepopulate-only', 'agent-pre-populate-only'],
  ])('be it a key that nobody knows: %s', (key, meant) => {
    const rest = meant === undefined ? '' : `; is vault.hashicorp.com/${meant} meant?`;
    expect(warned(decide({ [key]: 'x' }))).toContain(`is unknown and ignored${rest}`);
  });

  it('so that each followed key is known by its own name', () => {
    const known = DROP_IN.names.map(({ key }) => DROP_IN.find(key.replace(/X$/u, 'a')));
    expect(known.filter((one): one is FoundName => one !== undefined)).toHaveLength(DROP_IN.names.length);
  });
});
