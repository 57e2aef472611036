import { type Commands, dispatch, listing } from '../commands.ts';
import type { Run } from '../io.ts';

const COMMANDS: Commands = {
  render: {
    says: 'tenants as objects of Kubernetes, and as policies and roles of the stores',
    load: () => import('./render/run.ts'),
  },
  diff: {
    says: 'where the cluster and the stores are not as the tenants declare',
    load: () => import('./diff/run.ts'),
  },
  check: {
    says: 'what would become of the manifests of a repository',
    load: () => import('./check/run.ts'),
  },
};

const USAGE = `sidekey tenant COMMAND -f TENANTS …

${listing(COMMANDS)}
sidekey tenant COMMAND --help says more.
`;

/** `sidekey tenant`. */
export const run: Run = (words, io) =>
  dispatch(words, io, { commands: COMMANDS, around: 'tenant', usage: USAGE });
