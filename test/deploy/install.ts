import { readInstallRequest } from '../../deploy/kubernetes/options.ts';

/** What the command cannot do without. */
export const REQUIRED = [
  '--injector-image=injector:1',
  '--agent-image=agent:1',
  '--vault-address=https://vault:8200',
];

/** What the command finds wrong with arguments. */
export const problemKeys = (...args: string[]): readonly string[] => {
  const request = readInstallRequest(args);
  return request.ok ? [] : request.problems.map(({ key }) => key);
};

/** The same as `REQUIRED`, read. */
export const options = {
  namespace: 'sidekey',
  injectorImage: 'injector:1',
  agentImage: 'agent:1',
  stores: { vault: { address: 'https://vault:8200' } },
  replicas: 2,
  environment: {},
};
