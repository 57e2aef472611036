import type { JsonObject } from '#contract/json.ts';
import { renderPolicies } from '../../../governance/policy/render.ts';
import type { Tenancy } from '../../../governance/tenant/platform.ts';
import { kubernetesObjects, renderTenants } from '../../../governance/tenant/render.ts';
import { yamlDocuments } from '../../../governance/yaml.ts';
import { EXIT, type Exit, type Io } from '../../io.ts';
import { type TreeFile, writeTree } from '../../output/tree.ts';
import { refuse, tenancyOf } from '../problems.ts';
import { parseRender, type RenderCommand, USAGE } from './command.ts';
import { writtenText } from './text.ts';

/** Stands in the directories that this command made. */
const MAKER = 'sidekey tenant render';

/** `sidekey tenant render`. */
export async function run(args: readonly string[], io: Io): Promise<Exit> {
  const command = parseRender(args);
  if (!command.ok) return refuse(io, command.problems, USAGE);
  if (command.value === 'help') {
    io.print(USAGE);
    return EXIT.done;
  }
  const { tenants, directory, action } = command.value;
  const tenancy = tenancyOf(tenants, io);
  if (tenancy === undefined) return EXIT.badInput;
  if (directory === undefined) {
    io.print(yamlDocuments(stream(tenancy, action)));
    return EXIT.done;
  }
  const files = filesOf(tenancy, action);
  const written = writeTree(directory, files, MAKER);
  if (!written.ok) return refuse(io, written.problems);
  io.print(writtenText(directory, tenancy, { files, gone: written.value }));
  return EXIT.done;
}

type Action = RenderCommand['action'];

const policiesOf = ({ platform }: Tenancy, action: Action): ReturnType<typeof renderPolicies> =>
  renderPolicies(platform, { engine: 'vap', action });

/** The part for Kubernetes, in the order in which it can be applied. */
const stream = (tenancy: Tenancy, action: Action): readonly JsonObject[] => [
  ...policiesOf(tenancy, action).flatMap(({ objects }) => objects),
  ...tenancy.tenants.flatMap((tenant) => kubernetesObjects(tenancy, tenant)),
];

const filesOf = (tenancy: Tenancy, action: Action): readonly TreeFile[] => [
  ...policiesOf(tenancy, action).map(({ path, objects }) => ({
    path: `kubernetes/policies/${path}`,
    text: yamlDocuments(objects),
  })),
  ...renderTenants(tenancy),
];
