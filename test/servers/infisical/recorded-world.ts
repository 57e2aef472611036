import type { Identity } from './identities.ts';
import type { Project } from './projects.ts';
import { FakeInfisical, type Setup } from './server.ts';

/** The project that was on the server when its answers were recorded (`test/golden/infisical/`). */
const SECRETS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/': {
    API_KEY: 'abc123',
    DATABASE_URL: 'postgres://app:s3cr3t@db:5432/app',
    EMPTY_OK: ' ',
    MULTILINE: '-----BEGIN KEY-----\nline1\nline2\n-----END KEY-----',
    UNICODE: 'pä$$wörd "quoted" ${NOT_A_REF} 日本',
  },
  '/backend': { DSN: 'postgres://${dev.backend.db.DB_USER}:${dev.backend.db.DB_PASSWORD}@db/app' },
  '/backend/db': { DB_USER: 'app', DB_PASSWORD: 'hunter2' },
  '/shared': { API_KEY: 'imported-should-not-win', SHARED_TOKEN: 'shared-1' },
};

export interface RecordedWorld extends AsyncDisposable {
  readonly fake: FakeInfisical;
  readonly project: Project;
  /** A member of the project, by universal and by Kubernetes auth (account `web` of namespaces `default` and `team-a`). */
  readonly identity: Identity;
}

export async function recordedWorld(
  given: Partial<Identity> = {},
  setup: Setup = {},
): Promise<RecordedWorld> {
  const fake = await FakeInfisical.start(setup);
  const project = fake.projects.create({ id: 'e6eb2945-4a18-4ba8-88e7-34203529c4c7', slug: 'app-x1' });
  for (const [path, secrets] of Object.entries(SECRETS)) {
    const folder =
      path === '/'
        ? fake.projects.folder(project, 'dev', path)
        : fake.projects.createFolder(project, 'dev', path);
    for (const [key, value] of Object.entries(secrets))
      fake.projects.put(folder, key, value, key === 'API_KEY' && path === '/' ? 'a comment' : '');
  }
  fake.projects.folder(project, 'dev', '/').imports.push({ environment: 'dev', path: '/shared' });
  const identity = fake.addIdentity({
    clientSecret: '0'.repeat(64),
    kubernetes: { namespaces: ['default', 'team-a'], names: ['web'] },
    projects: new Set([project.id]),
    ...given,
  });
  return { fake, project, identity, [Symbol.asyncDispose]: () => fake.close() };
}
