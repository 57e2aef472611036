import { WEBHOOK_CONFIGURATIONS } from '#contract/layout.ts';
import { type ControlPlane, startControlPlane } from '../servers/control-plane.ts';
import { eventually, PATIENCE_MS } from '../servers/eventually.ts';
import { Injector } from '../servers/injector.ts';
import { patientConfigurations } from '../servers/webhooks.ts';
import { agentOf, ASKS, MODEL_SERVER, type Pod } from './pods.ts';

export interface Wanted {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec?: object;
}

/** A namespace of a real API server that asks a real injector, for as long as it is used. */
export class Admission implements AsyncDisposable {
  readonly namespace: string;
  readonly cluster: ControlPlane;
  readonly injector: Injector;
  #counter = 0;

  private constructor(namespace: string, cluster: ControlPlane, injector: Injector) {
    this.namespace = namespace;
    this.cluster = cluster;
    this.injector = injector;
  }

  /** Starts both, of which the injector is told of both stores, and waits until the API server asks it. */
  static async start(namespace: string): Promise<Admission> {
    const stores = { SIDEKEY_INFISICAL_ADDRESS: 'https://infisical.example' };
    const [cluster, injector] = await Promise.all([startControlPlane(), Injector.prepare(stores)]);
    const admission = new Admission(namespace, cluster, injector);
    await injector.writeCertificate();
    await injector.start();
    await admission.makeNamespace(namespace);
    const target = { url: injector.url };
    const options = { target, caPem: injector.certificate.caPem, namespace: 'sidekey' };
    for (const configuration of patientConfigurations(options)) await admission.configure(configuration);
    await admission.inForce({ annotations: ASKS });
    return admission;
  }

  configure(object: object): Promise<string> {
    return this.cluster.kubectl(['create', '-f', '-'], JSON.stringify(object));
  }

  unconfigure(name: string): Promise<string> {
    return this.cluster.kubectl(['delete', 'mutatingwebhookconfiguration', name, '--ignore-not-found']);
  }

  /** A pod can be made once its namespace has its service account. */
  async makeNamespace(name: string, labels: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.configure({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
    await eventually('a service account', PATIENCE_MS, () =>
      this.cluster.kubectl(['get', 'serviceaccount', 'default', '-n', name]),
    );
  }

  /** Makes a pod of its own name and gives it as it is stored. */
  async create({ annotations, labels, spec }: Wanted, ...flags: readonly string[]): Promise<Pod> {
    this.#counter += 1;
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `pod-${this.#counter}`, namespace: this.namespace, annotations, labels },
      spec: { containers: [MODEL_SERVER], ...spec },
    };
    const args = ['create', '-f', '-', '-o', 'json', ...flags];
    return JSON.parse(await this.cluster.kubectl(args, JSON.stringify(pod))) as Pod;
  }

  /** Why a pod is not made. */
  refusal(wanted: Wanted): Promise<string> {
    return this.create(wanted).then(() => 'it was made', String);
  }

  /** A configuration takes a moment to be in force. */
  async inForce(wanted: Wanted): Promise<void> {
    await eventually('an agent', PATIENCE_MS, async () => {
      const pod = await this.create(wanted, '--dry-run=server');
      if (agentOf(pod) === undefined) throw new Error('The API server does not ask the injector');
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.cluster.forget(['mutatingwebhookconfigurations', ...WEBHOOK_CONFIGURATIONS]);
      await this.cluster.forget(['namespace', this.namespace]);
    } finally {
      await this.cluster.stop();
      await this.injector[Symbol.asyncDispose]();
    }
  }
}
