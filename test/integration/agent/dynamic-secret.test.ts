import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { recordedWorld } from '../../servers/infisical/recorded-world.ts';
import { exit, Pod, REQUEST_MS } from './stage.ts';

const CALL = 'dynamicSecret "app-x1" "dev" "/" "pg" "1h"';
const TEMPLATES = { dsn: `{{ with ${CALL} }}{{ .DB_USERNAME }}:{{ .DB_PASSWORD }}{{ end }}` };

test('a lease of Infisical survives the agent’s death, and ends with the pod', async () => {
  await using world = await recordedWorld({}, { licensed: true });
  const { fake, project, identity } = world;
  fake.leases.define(fake.projects.folder(project, 'dev', '/'), { name: 'pg' });
  await using pod = await Pod.create(
    { address: fake.address },
    { templates: TEMPLATES, revokeOnShutdown: true },
  );
  const clientSecretFile = join(pod.directory, 'client-secret');
  await writeFile(clientSecretFile, identity.clientSecret);
  const auth = { method: 'universal', clientId: identity.clientId, clientSecretFile } as const;
  const { vault, ...config } = pod.config;
  expect(vault?.address).toBe(fake.address);
  pod.config = { ...config, infisical: { address: fake.address, auth, timeoutMs: REQUEST_MS } };

  const first = pod.start('run');
  await pod.ready();
  const content = await pod.read('dsn');
  expect(content).toMatch(/^user-\w+:[\w-]+$/u);
  await sleep(200);
  first.kill('SIGKILL');
  await exit(first);

  const second = pod.start('run');
  await pod.ready();
  expect(await pod.read('dsn')).toBe(content);
  expect(fake.leases.living).toHaveLength(1);
  expect(fake.count('universal-auth/login')).toBe(1);
  second.kill('SIGTERM');
  expect(await exit(second)).toBe(0);
  expect({ leases: fake.leases.living, tokens: fake.identities.living }).toEqual({ leases: [], tokens: 0 });
  expect(pod.output).not.toContain(content.split(':')[1]);
});
