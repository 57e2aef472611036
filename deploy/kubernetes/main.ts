import { describeProblems } from '#contract/problem.ts';
import { stringify } from 'yaml';
import { makeServerCertificate } from './certificate.ts';
import { installManifests, serviceNames } from './manifests.ts';
import { readInstallRequest } from './options.ts';
import { SYNC_USAGE } from './sync/options.ts';

const USAGE = `Prints what installs Sidekey's injector, for kubectl apply -f -. It holds a private key: keep it out of git.

  node deploy/kubernetes/main.ts --injector-image IMAGE --agent-image IMAGE --vault-address URL

    --vault-address URL      Vault or OpenBao; optional if there is
    --infisical-address URL  Infisical; one of the two, or both
    --vault-ca FILE, --infisical-ca FILE
                             PEM certificates that the agents trust for the address
    --namespace NAME         where the injector runs (sidekey)
    --replicas N             (2)
    --certificate-days N     life of the webhook's certificate (365): run this again before it ends
    --env NAME=VALUE         a further variable of the injector, such as SIDEKEY_POLL=10s; may be repeated
${SYNC_USAGE}`;

const FORMAT = { lineWidth: 0, aliasDuplicateObjects: false };

async function main(args: readonly string[]): Promise<number> {
  if (args.some((arg) => arg === '--help' || arg === '-h')) {
    process.stdout.write(USAGE);
    return 0;
  }
  const request = readInstallRequest(args);
  if (!request.ok) {
    process.stderr.write(`${describeProblems(request.problems)}\n\n${USAGE}`);
    return 2;
  }
  const { certificateDays, ...options } = request.value;
  const names = serviceNames(options.namespace);
  const certificate = await makeServerCertificate({ names, now: new Date(), days: certificateDays });
  const documents = installManifests({ ...options, certificate });
  process.stdout.write(documents.map((document) => `---\n${stringify(document, FORMAT)}`).join(''));
  process.stderr.write(`The webhook's certificate ends ${certificate.notAfter.toISOString()}\n`);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
