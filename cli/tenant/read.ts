import type { Remark } from '../../governance/tenant/declaration.ts';
import { type ParsedTenancy, parseTenancy } from '../../governance/tenant/parse.ts';
import type { Input } from '../input.ts';
import { type Fault, readManifests } from '../manifest/manifest.ts';

/** What files declare, or every problem in them. */
export function readTenancy(inputs: readonly Input[]): ParsedTenancy {
  const read = inputs.map(({ file, text }) => readManifests(file, text));
  const manifests = read.flatMap((one) => one.manifests);
  const faults = read.flatMap((one) => one.faults);
  const isNothing = manifests.length + faults.length === 0;
  return parseTenancy(manifests, isNothing ? inputs.map(emptiness) : faults.map(remarkOn));
}

/** Files that lost what was in them must not take away the tenants that were made of it. */
const emptiness = ({ file }: Input): Remark => ({
  place: { file, line: 1, column: 1 },
  subject: 'YAML',
  message: `declares nothing; write kind: Tenant or kind: Platform of sidekey.dev/v1, or name other files`,
});

/** Of two values for one field one was meant, and nobody knows which. */
const remarkOn = ({ kind, place, subject, message }: Fault): Remark => ({
  place,
  subject,
  message: kind === 'repeated' ? 'stands twice; write it once' : message,
});
