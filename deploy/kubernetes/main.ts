import { describeProblems } from '#contract/problem.ts';
import { stringify } from 'yaml';
import { installManifests } from './manifests.ts';
import { readInstallRequest } from './options.ts';
import { SYNC_USAGE } from './sync/options.ts';

const USAGE = `Prints what installs Sidekey's injector, for kubectl apply -f -. It holds no secret.

  node deploy/kubernetes/main.ts --injector-image IMAGE --agent-image IMAGE --vault-address URL

    --vault-address URL      Vault or OpenBao; optional if there is
    --infisical-address URL  Infisical; one of the two, or both
    --vault-ca FILE, --infisical-ca FILE
                             PEM certificates that the agents trust for the address
    --namespace NAME         where the injector runs (sidekey)
    --replicas N             (2)
    --priority-class NAME    of the injector's pods (system-cluster-critical); empty for none
    --api-server-port PORT   where API servers listen, for the injector's NetworkPolicy (443 and 6443); may be repeated
    --openshift              the cluster says who pods run as, by SCC restricted-v2
    --certificate-secret NAME
                             a Secret with tls.crt and tls.key for the webhook that somebody else keeps, such as cert-manager;
                             otherwise the injectors make their own certificates
    --certificate-ca FILE    PEM certificates that the API server is to trust for it, unless something else sets caBundle
    --env NAME=VALUE         a further variable of the injector, such as SIDEKEY_POLL=10s; may be repeated
${SYNC_USAGE}`;

const FORMAT = { lineWidth: 0, aliasDuplicateObjects: false };

function main(args: readonly string[]): number {
  if (args.some((arg) => arg === '--help' || arg === '-h')) {
    process.stdout.write(USAGE);
    return 0;
  }
  const request = readInstallRequest(args);
  if (!request.ok) {
    process.stderr.write(`${describeProblems(request.problems)}\n\n${USAGE}`);
    return 2;
  }
  const documents = installManifests(request.value);
  process.stdout.write(documents.map((document) => `---\n${stringify(document, FORMAT)}`).join(''));
  return 0;
}

process.exitCode = main(process.argv.slice(2));
