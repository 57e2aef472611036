import { folderRoutes } from './folder-routes.ts';
import type { Identity } from './identities.ts';
import { leaseRoutes } from './lease-routes.ts';
import { Refusal } from './refusal.ts';
import { admit, type Asked, type Parts, type Route } from './request.ts';
import { v3Routes, v4Routes } from './secret-routes.ts';

/** Answers a request, by the method and the path; undefined if there is no such route. */
export function route(parts: Parts, asked: Asked): object | undefined | Promise<object> {
  const { identities } = parts;
  const { method, url, body } = asked;
  switch (`${method} ${url.pathname}`) {
    case 'POST /api/v1/auth/universal-auth/login':
      return identities.universalLogin(body);
    case 'POST /api/v1/auth/kubernetes-auth/login':
      return identities.kubernetesLogin(body);
    case 'POST /api/v1/auth/token/renew':
      return identities.renew(body);
    case 'POST /api/v1/auth/token/revoke':
      return identities.revoke(body);
    default:
      return routeOfIdentity(parts, asked);
  }
}

const ROUTES: readonly (readonly [prefix: string, answer: Route])[] = [
  ['/api/v4/secrets', v4Routes],
  ['/api/v3/secrets/raw', v3Routes],
  ['/api/v2/folders', folderRoutes('projectId')],
  ['/api/v1/folders', folderRoutes('workspaceId')],
  ['/api/v1/projects/slug/', projectBySlug],
  ['/api/v1/dynamic-secrets/leases', leaseRoutes],
  ['/api/v1/events/subscribe/project-events', events],
];

function routeOfIdentity(parts: Parts, asked: Asked): object | undefined {
  const { pathname } = asked.url;
  const [prefix, answer] = ROUTES.find(([start]) => pathname.startsWith(start)) ?? [];
  if (!prefix || !answer || (answer === v4Routes && !parts.knowsV4)) return undefined;
  const identity = parts.identities.authenticate(asked.authorization);
  const rest = decodeURIComponent(pathname.slice(prefix.length)).replace(/^\//u, '');
  return answer(parts, asked, identity, rest);
}

function projectBySlug({ projects }: Parts, _: Asked, identity: Identity, slug: string): object {
  const { id, environments } = admit(identity, projects.bySlug(slug));
  const at = new Date(0).toISOString();
  return {
    id,
    name: slug,
    description: null,
    type: 'secret-manager',
    defaultProduct: null,
    slug,
    autoCapitalization: false,
    orgId: id,
    createdAt: at,
    updatedAt: at,
    version: 3,
    upgradeStatus: null,
    pitVersionLimit: 10,
    kmsCertificateKeyId: null,
    auditLogsRetentionDays: null,
    hasDeleteProtection: false,
    secretSharing: true,
    showSnapshotsLegacy: false,
    secretDetectionIgnoreValues: null,
    enforceEncryptedSecretManagerSecretMetadata: null,
    _id: id,
    environments: [...environments].map(([name, environment]) => ({ name, slug: name, id: environment.id })),
    deletedEnvironments: [],
  };
}

/** Changes are not told: here as on every server without a licence. */
function events(): object {
  throw new Refusal('events_unlicensed');
}
