/** What a log is like that is made up for a measurement. */
export interface LogShape {
  readonly log: 'store' | 'api';
  readonly lines: number;
  /** They live as long as the log, as model servers do. */
  readonly pods: number;
}

const SECRETS_PER_POD = 3;
const BEGIN = Date.parse('2026-11-25T00:00:00Z');
/** Ten days are a million lines. */
const STEP_MS = 864;
/** How often a secret is written while the log goes on. */
const VERSIONS = 20;

const HMAC = `hmac-sha256:${'0123456789abcdef'.repeat(4)}`;

/** The lines of a log, some at a time, of the sizes that OpenBao 2.7 and Kubernetes 1.36 write. */
export function* linesOf(shape: LogShape): Generator<string> {
  const lineAt = shape.log === 'store' ? storeLine : apiLine;
  for (let at = 0; at < shape.lines; at += 1000) {
    const batch = Array.from({ length: Math.min(1000, shape.lines - at) }, (_, index) =>
      lineAt(at + index, shape),
    );
    yield batch.join('');
  }
}

const timeAt = (index: number): string => new Date(BEGIN + index * STEP_MS).toISOString();
const uidOf = (pod: number): string => `${String(pod).padStart(8, '0')}-adcf-437b-a7ac-1757fb790773`;

/** Pods poll what they have, one secret after the other: each request is a line, and so is its answer. */
function storeLine(index: number, { lines, pods }: LogShape): string {
  const read = Math.floor(index / 2);
  const pod = read % pods;
  const team = `team-${pod % 20}`;
  const secret = Math.floor(read / pods) % SECRETS_PER_POD;
  const version = 1 + Math.floor((index * VERSIONS) / lines);
  const path = `secret/data/${team}/key-${secret}`;
  const auth = `"auth":{"client_token":"${HMAC}","accessor":"${HMAC}","display_name":"jwt-system:serviceaccount:${team}:model-server","policies":["default","${team}"],"token_policies":["default","${team}"],"policy_results":{"allowed":true,"granting_policies":[{"name":"${team}","namespace_id":"root","type":"acl"}]},"metadata":{"node_name":"node-${pod % 50}","pod_name":"inference-${pod}","pod_uid":"${uidOf(pod)}","role":"${team}","service_account_name":"model-server","service_account_namespace":"${team}"},"entity_id":"97da1a28-0f97-086d-b7a0-11a6ce14aa21","token_type":"service","token_ttl":600,"token_issue_time":"2026-11-25T00:00:00Z"}`;
  const request = `"request":{"id":"${uidOf(read)}","client_id":"97da1a28-0f97-086d-b7a0-11a6ce14aa21","operation":"read","mount_point":"secret/","mount_type":"kv","mount_accessor":"kv_d3930801","mount_running_version":"v2.7.2+builtin.bao","mount_class":"secret","client_token":"${HMAC}","client_token_accessor":"${HMAC}","namespace":{"id":"root"},"path":"${path}","remote_address":"10.0.0.1","remote_port":34328}`;
  const begin = `{"time":"${timeAt(index)}","type":"${index % 2 === 0 ? 'request' : 'response'}",${auth},${request}`;
  if (index % 2 === 0) return `${begin}}\n`;
  return `${begin},"response":{"mount_point":"secret/","mount_type":"kv","mount_accessor":"kv_d3930801","mount_running_plugin_version":"v2.7.2+builtin.bao","mount_class":"secret","data":{"data":{"value":"${HMAC}","user":"${HMAC}"},"metadata":{"created_time":"2026-11-25T00:00:00Z","custom_metadata":null,"deletion_time":"${HMAC}","destroyed":false,"version":${version}}}}}\n`;
}

/** Pods are made and refused, and kubelets look at Secrets all day. */
function apiLine(index: number, { pods }: LogShape): string {
  const pod = index % pods;
  const team = `team-${pod % 20}`;
  const of = (verb: string, resource: string, rest: string): string =>
    `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"${uidOf(index)}","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/${team}/${resource}","verb":"${verb}","user":{"username":"system:node:node-${pod % 50}","groups":["system:nodes","system:authenticated"],"extra":{"authentication.kubernetes.io/credential-id":["X509SHA256=13686888f525ecc7884d0fa5a73caaf21da9a153abd472b5ed31e6380762904a"]}},"sourceIPs":["10.0.0.1"],"userAgent":"kubelet/v1.36.3 (linux/amd64) kubernetes/$Format","objectRef":{"resource":"${resource}","namespace":"${team}","name":"inference-${pod}","apiVersion":"v1"},${rest},"requestReceivedTimestamp":"${timeAt(index)}","stageTimestamp":"${timeAt(index)}","annotations":{"authorization.k8s.io/decision":"allow","authorization.k8s.io/reason":""}}\n`;
  if (index % 10 > 0) return of('get', 'secrets', '"responseStatus":{"metadata":{},"code":200}');
  const spec = `"spec":{"containers":[{"name":"model-server","image":"model-server:1","env":[${`{"name":"A","value":"${'x'.repeat(40)}"},`.repeat(20)}{"name":"B"}],"resources":{"limits":{"nvidia.com/mig-3g.40gb":"1"}}}]}`;
  const object = `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"inference-${pod}","namespace":"${team}","uid":"${uidOf(pod)}","annotations":{"vault.hashicorp.com/role":"${team}"}},${spec}}`;
  return of(
    'create',
    'pods',
    `"responseStatus":{"metadata":{},"code":201},"requestObject":${object},"responseObject":${object}`,
  );
}
