import { isObject } from '#contract/json.ts';
import { type Network, OPENINGS, type Peer } from '../tenant.ts';
import { type Field, fieldsOf, isAbsent, itemsOf, readChoice, readCount, readText, refuse } from './field.ts';
import { CIDR, DNS_LABEL } from './form.ts';

export const PORT = { says: 'a port from 1 to 65535', most: 65_535 };

/** Reads `spec.network`. */
export function readNetwork(field: Field): Network {
  const fields = fieldsOf(field, ['ingress', 'egress', 'allowFrom', 'allowTo']);
  const ingress = readChoice(fields.ingress, OPENINGS, 'open');
  const egress = readChoice(fields.egress, OPENINGS, 'closed');
  refuseIdle(fields.allowFrom, { way: 'ingress', opening: ingress });
  refuseIdle(fields.allowTo, { way: 'egress', opening: egress });
  return { ingress, egress, allowFrom: readPeers(fields.allowFrom), allowTo: readPeers(fields.allowTo) };
}

/** A list that changes nothing was meant to. */
function refuseIdle(
  field: Field,
  { way, opening }: { readonly way: string; readonly opening: string },
): void {
  if (opening === 'open' && !isAbsent(field))
    refuse(field, `changes nothing while ${way} is open; write ${way}: closed, or leave it out`);
}

function readPeers(field: Field): readonly Peer[] {
  const peers = itemsOf(field).flatMap((item) => {
    const peer = readPeer(item);
    return peer === undefined ? [] : [peer];
  });
  return peers.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function readPeer(field: Field): Peer | undefined {
  const { namespace, cidr, ports } = fieldsOf(field, ['namespace', 'cidr', 'ports']);
  const numbers = itemsOf(ports).flatMap((port) => readCount(port, PORT) ?? []);
  if (!isObject(field.value)) return undefined;
  if (isAbsent(namespace) === isAbsent(cidr)) {
    refuse(field, 'must name a namespace or a cidr, one of them');
    return undefined;
  }
  const sorted = [...new Set(numbers)].toSorted((a, b) => a - b);
  if (isAbsent(cidr)) {
    const name = readText(namespace, DNS_LABEL);
    return name === undefined ? undefined : { to: { namespace: name }, ports: sorted };
  }
  const range = readText(cidr, CIDR);
  return range === undefined ? undefined : { to: { cidr: range }, ports: sorted };
}
