import type { Remark } from '../../governance/tenant/declaration.ts';
import { type ParsedTenancy, parseTenancy } from '../../governance/tenant/parse.ts';
import type { Input } from '../input.ts';
import { type Fault, readManifests } from '../manifest/manifest.ts';

/** What files declare, or every problem in them. */
export function readTenancy(inputs: readonly Input[]): ParsedTenancy {
  const read = inputs.map(({ file, text }) => readManifests(file, text));
  return parseTenancy(
    read.flatMap(({ manifests }) => manifests),
    read.flatMap(({ faults }) => faults).map(remarkOn),
  );
}

/** Of two values for one field one was meant, and nobody knows which. */
const remarkOn = ({ kind, place, subject, message }: Fault): Remark => ({
  place,
  subject,
  message: kind === 'repeated' ? 'stands twice; write it once' : message,
});
