import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JsonObject, objectIn, textIn } from '#contract/json.ts';
import type { Policy } from '../../../governance/policy/policy.ts';
import type { ApiProxy } from '../../servers/api-proxy.ts';
import { type ControlPlane, startControlPlane } from '../../servers/control-plane.ts';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import type { Case } from '../cases/case.ts';
import { NAMESPACES, RUNTIME_CLASSES } from '../cases/namespaces.ts';
import { type Answer, Api, collectionOf, pathOf } from './api.ts';
import { AUDIT_POLICY, notesOf } from './audit-log.ts';
import { type Engine, type Outcome, type Outcomes, outcomesOf } from './engine.ts';
import { putInForce } from './policies-in-force.ts';
import { rebase } from './rebase.ts';
import { nameOf, requesterOf } from './request.ts';

/** Everyone may do anything, so that only the policies stand in the way. */
const RIGHTS: JsonObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'everyone' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:authenticated' }],
};

const AT_ONCE = 8;

const WARNING =
  /^Validation failed for ValidatingAdmissionPolicy '(?<policy>[^']+)' with binding '(?<binding>[^']+)': (?<message>.*)$/u;

const DRY_RUN = '?dryRun=All';

/** A real API server with the namespaces of the cases, asked by requests that change nothing. */
export class ApiServer implements Engine, AsyncDisposable {
  readonly name = 'API server';
  readonly api: Api;
  readonly #plane: ControlPlane;
  readonly #proxy: ApiProxy;

  readonly #directory: string;

  private constructor(plane: ControlPlane, proxy: ApiProxy, directory: string) {
    this.#plane = plane;
    this.#directory = directory;
    this.#proxy = proxy;
    this.api = new Api(proxy.address);
  }

  static async start(): Promise<ApiServer> {
    const directory = await mkdtemp(join(tmpdir(), 'sidekey-audit-'));
    const auditPolicy = join(directory, 'policy.yaml');
    await writeFile(auditPolicy, AUDIT_POLICY);
    const plane = await startControlPlane(undefined, { auditPolicy });
    const server = new ApiServer(plane, await plane.proxy(), directory);
    for (const object of [RIGHTS, ...NAMESPACES, ...RUNTIME_CLASSES]) await server.api.apply(object);
    for (const namespace of NAMESPACES) await server.#acceptsPods(nameOf(namespace));
    return server;
  }

  /** A pod needs the service account that the server's controllers make in every namespace. */
  async #acceptsPods(namespace: string): Promise<void> {
    await eventually(`the service account of ${namespace}`, PATIENCE_MS, async () => {
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
      const { status } = await this.api.send({ method: 'GET', path });
      if (status !== 200) throw new Error(`${status}`);
    });
  }

  canJudge({ serverRefuses }: Case): boolean {
    return serverRefuses === undefined;
  }

  async judgeAll(policies: readonly Policy[], cases: readonly Case[]): Promise<Outcomes> {
    const installed = await putInForce(this.api, policies, 'audit');
    const answers = new Map<string, Answer>();
    await forEach(cases, async (one) => {
      const answer = await this.ask(one);
      if (answer.status >= 400) throw new Error(refusalOf(one, answer));
      answers.set(one.name, answer);
    });
    for (const object of installed) await this.api.remove(object);
    return await this.#outcomes(policies, cases, answers);
  }

  async #outcomes(
    policies: readonly Policy[],
    cases: readonly Case[],
    answers: ReadonlyMap<string, Answer>,
  ): Promise<Outcomes> {
    const notes = await notesOf(
      this.#plane.auditLog ?? '',
      Array.from(answers.values(), ({ auditId }) => auditId),
    );
    return outcomesOf(policies, cases, (one, { name }) => {
      const { warnings = [], auditId = '' } = answers.get(one.name) ?? {};
      const own = notes.get(auditId)?.get(name);
      return { verdict: 'allowed', ...objectionsIn(warnings).get(name), ...own };
    });
  }

  /** Makes the case's request, after what there has to be before, and puts that away again. */
  async ask(one: Case): Promise<Answer> {
    const before = one.operation === 'DELETE' ? one.object : one.oldObject;
    if (before !== undefined) await this.api.apply(before);
    try {
      return await this.#request(one);
    } finally {
      if (before !== undefined && !isLasting(before)) await this.api.remove(before);
    }
  }

  async #request(one: Case): Promise<Answer> {
    const { operation, object, subresource } = one;
    const user = requesterOf(one);
    const path = pathOf(object);
    switch (operation) {
      case 'CREATE':
        return await this.api.send({
          method: 'POST',
          path: collectionOf(object) + DRY_RUN,
          body: object,
          user,
        });
      case 'UPDATE': {
        const below = subresource === undefined ? '' : `/${subresource}`;
        return await this.api.send({
          method: 'PUT',
          path: path + below + DRY_RUN,
          body: await this.#changed(one),
          user,
        });
      }
      case 'DELETE':
        return await this.api.send({ method: 'DELETE', path: path + DRY_RUN, user });
    }
  }

  /** What a client would send that has read the object and made the case's change to it. */
  async #changed({ object, oldObject = {} }: Case): Promise<JsonObject> {
    const { object: live } = await this.api.send({ method: 'GET', path: pathOf(object) });
    return rebase(withoutVersion(live), oldObject, object);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#proxy[Symbol.asyncDispose]();
    await this.#plane.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

function refusalOf({ name, operation }: Case, { object }: Answer): string {
  return `${operation} ${name}: the server refuses it: ${textIn(object, 'message').slice(0, 500)}`;
}

/** Controllers may change the object meanwhile: the last write wins. */
function withoutVersion(object: JsonObject): JsonObject {
  const { resourceVersion: _, ...metadata } = objectIn(object, 'metadata');
  return { ...object, metadata };
}

/** Whether it is one of the namespaces that all cases share. */
const isLasting = (object: JsonObject): boolean =>
  object['kind'] === 'Namespace' && NAMESPACES.some((namespace) => nameOf(namespace) === nameOf(object));

/** The first objection of each policy, as Kyverno has it. */
function objectionsIn(warnings: readonly string[]): ReadonlyMap<string, Outcome> {
  const objections = new Map<string, Outcome>();
  for (const warning of warnings) {
    const groups = WARNING.exec(warning)?.groups;
    if (groups === undefined) continue;
    const { policy = '', binding = '', message = '' } = groups;
    if (message.includes(' resulted in error: ')) throw new Error(`${policy}: ${message}`);
    const verdict = binding === `${policy}-audit` ? 'told' : 'denied';
    if (!objections.has(policy)) objections.set(policy, { verdict, message });
  }
  return objections;
}

/** Some at a time. */
async function forEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (const item of waiting) await work(item);
  });
  await Promise.all(workers);
}
