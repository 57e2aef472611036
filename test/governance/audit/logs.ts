import type { JsonObject } from '#contract/json.ts';
import { type AuditOptions, createAudit } from '../../../governance/audit/audit.ts';
import type { Log } from '../../../governance/audit/integrity.ts';
import type { Section } from '../../../governance/audit/row.ts';

/** What a line of a log says where a test does not care. */
const NOON = '2026-11-25T12:00:00Z';

export const HMAC = `hmac-sha256:${'0a'.repeat(32)}`;

/** A time of the day that all tests live on: `12:30:00`. */
export const at = (time: string): string => `2026-11-25T${time}Z`;

/** What differs from one answer of the store to the next. */
export interface Answer {
  readonly time?: string;
  readonly auth?: JsonObject;
  readonly request?: JsonObject;
  readonly response?: JsonObject;
  readonly error?: string;
}

const MODEL_SERVER = {
  display_name: 'jwt-system:serviceaccount:team-a:model-server',
  accessor: HMAC,
  policies: ['default', 'team-a'],
  policy_results: { allowed: true, granting_policies: [{ name: 'team-a', type: 'acl' }] },
  token_ttl: 600,
} as const;

/** Who logged in as a pod. */
export const podAuth = (uid: string, more: JsonObject = {}): JsonObject => ({
  ...MODEL_SERVER,
  metadata: {
    role: 'team-a',
    service_account_namespace: 'team-a',
    service_account_name: 'model-server',
    pod_name: `inference-${uid}`,
    pod_uid: uid,
    ...more,
  },
});

/** Who logged in with `auth/kubernetes`. */
export const accountAuth = (accessor: string): JsonObject => ({
  ...MODEL_SERVER,
  accessor,
  metadata: {
    role: 'team-a',
    service_account_namespace: 'team-a',
    service_account_name: 'model-server',
    service_account_uid: '5a',
  },
});

/** A person. */
export const bobAuth: JsonObject = {
  display_name: 'userpass-bob',
  accessor: HMAC,
  policies: ['default', 'team-a'],
  metadata: { username: 'bob' },
  entity_id: 'e-bob',
};

export const rootAuth: JsonObject = { display_name: 'root', accessor: HMAC, policies: ['root'] };

/** A line of the store's log, an answer. */
export const answer = ({
  time = NOON,
  auth = podAuth('1'),
  request,
  response,
  error,
}: Answer): JsonObject => ({
  time,
  type: 'response',
  auth,
  request: {
    id: 'r-1',
    operation: 'read',
    mount_point: 'secret/',
    mount_type: 'kv',
    mount_running_version: 'v2.7.2+builtin.bao',
    namespace: { id: 'root' },
    path: 'secret/data/team-a/api-key',
    remote_address: '10.0.0.7',
    ...request,
  },
  ...(response === undefined ? {} : { response }),
  ...(error === undefined ? {} : { error }),
});

/** What KV v2 answers. */
export const versionOf = (version: number, created = NOON): JsonObject => ({
  mount_type: 'kv',
  data: {
    data: { value: HMAC },
    metadata: { created_time: created, custom_metadata: null, destroyed: false, version },
  },
});

/** A read of a version that was made at noon, or at a time of the day. */
export const read = (
  version: number,
  { response, made, ...more }: Answer & { readonly made?: string } = {},
): JsonObject => answer({ ...more, response: { ...versionOf(version, made), ...response } });

/** A write of a version, by the administrator. */
export const write = (version: number, time: string, path = 'secret/data/team-a/api-key'): JsonObject =>
  answer({
    time,
    auth: rootAuth,
    request: { operation: 'update', path, data: { data: { value: HMAC } } },
    response: { data: { created_time: time, version } },
  });

/** A line of the API server's log. */
export const event = ({ time = NOON, ...more }: JsonObject & { readonly time?: string }): JsonObject => ({
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'Metadata',
  auditID: 'a-1',
  stage: 'ResponseComplete',
  requestURI: '/api/v1/namespaces/team-a/pods',
  verb: 'create',
  user: { username: 'alice', groups: ['oidc:team-a-devs'] },
  sourceIPs: ['10.0.0.9'],
  objectRef: { resource: 'pods', namespace: 'team-a', name: 'inference-1', apiVersion: 'v1' },
  responseStatus: { metadata: {}, code: 201 },
  requestReceivedTimestamp: time,
  stageTimestamp: time,
  ...more,
});

/** A log is lines as they are, or objects to be made lines of. */
type Lines = readonly (string | JsonObject)[];

export interface Inputs extends Partial<Omit<AuditOptions, 'emit'>> {
  readonly store?: Lines;
  readonly api?: Lines;
}

/** One row as the formats get it. */
export interface Told {
  readonly section: Section;
  readonly [column: string]: unknown;
}

/** What a report says. */
export interface Report {
  readonly rows: readonly Told[];
  /** The rows of a section, without what is not known. */
  of(section: Section): readonly Told[];
  /** Files that hold no line of their log. */
  readonly foreign: readonly string[];
}

/** Makes the report of logs. */
export function report({ store = [], api = [], ...options }: Inputs): Report {
  const rows: Told[] = [];
  const audit = createAudit({
    window: { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY },
    longestSilenceMs: 15 * 60_000,
    tenancy: undefined,
    documents: [],
    named: new Set(),
    ...options,
    emit: (section, cells) => void rows.push({ section, ...cells }),
  });
  const add = (log: Log, lines: Lines): void =>
    lines.forEach((line, index) =>
      audit.line(
        log,
        typeof line === 'string' ? line : JSON.stringify(line),
        { file: `${log}.log`, line: index + 1 },
        false,
      ),
    );
  add('api', api);
  add('store', store);
  const foreign = audit.finish();
  return { rows, foreign, of: (section) => rows.filter((row) => row.section === section) };
}
