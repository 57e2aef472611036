import type { ClusterNode } from '../../servers/node.ts';

const KINDS = 'mutatingwebhookconfigurations';
const NAMES = ['00-sidekey', 'zz-sidekey'];

/** Does something while nobody asks the injector. */
export async function withoutWebhooks(node: ClusterNode, meanwhile: () => Promise<void>): Promise<void> {
  const saved = await node.kubectl(['get', KINDS, ...NAMES, '-o', 'json']);
  await node.kubectl(['delete', KINDS, ...NAMES]);
  try {
    await meanwhile();
  } finally {
    const { items } = JSON.parse(saved) as { readonly items: readonly Configuration[] };
    const list = { apiVersion: 'v1', kind: 'List', items: items.map(asApplied) };
    await node.kubectl(['create', '-f', '-'], JSON.stringify(list));
  }
}

interface Configuration {
  readonly metadata: { readonly name: string; readonly labels: object };
}

/** Without what the API server has given it. */
const asApplied = ({ metadata: { name, labels }, ...rest }: Configuration): object => ({
  ...rest,
  metadata: { name, labels },
});
