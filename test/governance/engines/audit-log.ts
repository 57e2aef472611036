import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { isObject, type JsonObject, objectIn, textIn } from '#contract/json.ts';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { noted, type Outcome } from './engine.ts';

/** Every request is logged, and of each no more than who, what and the notes. */
export const AUDIT_POLICY = JSON.stringify({
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
});

type NotesOfPolicies = ReadonlyMap<string, Pick<Outcome, 'notes'>>;

/** What the API server noted of each request: notes of policies have the policy's name before a slash. */
async function annotationsIn(file: string): Promise<ReadonlyMap<string, JsonObject>> {
  const found = new Map<string, JsonObject>();
  for await (const line of createInterface(createReadStream(file))) {
    const event: unknown = line.endsWith('}') ? JSON.parse(line) : undefined;
    if (isObject(event)) found.set(textIn(event, 'auditID'), objectIn(event, 'annotations'));
  }
  return found;
}

/** The notes of requests by the name of the policy; the log is written a moment after the answer. */
export async function notesOf(
  file: string,
  auditIds: readonly string[],
): Promise<ReadonlyMap<string, NotesOfPolicies>> {
  const all = await eventually('all requests in the audit log', PATIENCE_MS, async () => {
    const found = await annotationsIn(file);
    const missing = auditIds.filter((id) => !found.has(id));
    if (missing.length > 0) throw new Error(`${missing.length} requests are not in it`);
    return found;
  });
  return new Map(auditIds.map((id) => [id, byPolicy(all.get(id) ?? {})]));
}

function byPolicy(annotations: JsonObject): NotesOfPolicies {
  const entries = Object.entries(annotations).map(([name, value]) => {
    const slash = name.indexOf('/');
    return { policy: name.slice(0, slash), entry: [name.slice(slash + 1), value] as const };
  });
  const groups = Map.groupBy(entries, ({ policy }) => policy);
  return new Map(Array.from(groups, ([policy, notes]) => [policy, noted(notes.map(({ entry }) => entry))]));
}
