import { readTenancy } from '../../cli/tenant/read.ts';
import { renderTenants } from '../../governance/tenant/render.ts';

/** `npm run load:tenants [-- TENANTS]`: how long it takes to read and render them, printed. Ends with 1 if rendering takes too long. */
const [count = 1000] = process.argv.slice(2).map(Number);

/** Of the CPU, for each of them; it has two namespaces. */
const LONGEST_MS = 2;

const tenant = (index: number): string => `apiVersion: sidekey.dev/v1
kind: Tenant
metadata: {name: team-${index}}
spec:
  owner: team-${index}@example.com
  namespaces: [team-${index}, team-${index}-dev]
  members: {developers: [{kind: Group, name: "oidc:team-${index}"}], viewers: [{kind: Group, name: oidc:auditors}]}
  accelerators:
    nodeSelector: {gpu-type: h100-mig}
    allow: [{resource: nvidia.com/mig-3g.40gb, max: 2}, {resource: nvidia.com/mig-1g.10gb, max: 4}]
  compute: {requests.cpu: 64, requests.memory: 512Gi, limits.cpu: 64, limits.memory: 512Gi}
  secrets:
    vault: {paths: [secret/data/team-${index}, database/creds/team-${index}]}
    infisical:
      project: 7e2f1c0a-0000-4000-8000-000000000000
      identity: 6b5d3ae0-0000-4000-8000-${String(index).padStart(12, '0')}
      environments: [{slug: prod, folder: /team-${index}}]
`;

/** What it took, by the clock and of the CPUs; on a busy machine only the latter says something. */
function timed<T>(what: string, act: () => T): { readonly value: T; readonly cpuMs: number } {
  const [start, before] = [performance.now(), process.cpuUsage()];
  const value = act();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  const cpuMs = (user + system) / 1000;
  console.log(`${what.padEnd(30)}${ms.toFixed(0)} ms, ${cpuMs.toFixed(0)} ms of CPU`);
  return { value, cpuMs };
}

const files = Array.from({ length: count }, (_, index) => ({
  file: `team-${index}.yaml`,
  text: tenant(index),
}));
const read = timed(`read ${count} tenants`, () => readTenancy(files));
if (!read.value.ok) throw new Error(`Cannot render: ${read.value.problems[0]?.message}`);
const { value: tenancy } = read.value;
const rendered = timed('render them', () => renderTenants(tenancy));
const bytes = rendered.value.reduce((sum, { text }) => sum + text.length, 0);
console.log(`${'files'.padEnd(30)}${rendered.value.length}, ${(bytes / 1e6).toFixed(1)} MB`);
process.exitCode = rendered.cpuMs > LONGEST_MS * count ? 1 : 0;
