import { type Json, listIn, objectIn, textIn } from '#contract/json.ts';
import type { PodFacts } from '../kept/pods.ts';
import type { Scope } from '../scope.ts';
import { shownName } from '../shown.ts';
import { type ApiEvent, isDone, userText } from './event.ts';

/** Learns of a pod that it was made, where it runs, or that it is gone. */
export function learnLife(event: ApiEvent, { pods }: Pick<Scope, 'pods'>): void {
  const { at, namespace, name, requestObject, resource, verb } = event;
  if (!isDone(event)) return;
  const asked = `${verb} ${resource}`;
  if (asked === 'create pods') learnCreation(event, pods);
  else if (asked === 'create pods/binding') learnBinding(event, pods);
  else if (asked === 'delete pods') {
    const uid = textIn(objectIn(requestObject, 'preconditions'), 'uid');
    if (uid === '') pods.deletedByName(namespace, name, at);
    else pods.deleted(uid);
  } else if (asked === 'create pods/eviction') pods.deletedByName(namespace, name, at);
  else if (asked === 'deletecollection pods' && !/[?&](?:label|field)Selector=[^&]/u.test(event.uri))
    pods.deletedByName(namespace, '', at);
}

function learnCreation(event: ApiEvent, pods: Scope['pods']): void {
  const { at, namespace, responseObject } = event;
  const metadata = objectIn(responseObject, 'metadata');
  const uid = textIn(metadata, 'uid');
  if (uid === '') return;
  const accelerators = acceleratorsOf(event);
  const createdBy = userText(event);
  const facts: PodFacts = {
    namespace,
    name: textIn(metadata, 'name'),
    made: at,
    ...(accelerators && { accelerators }),
    ...(createdBy && { createdBy }),
  };
  pods.know(uid, facts);
}

function learnBinding({ uid, requestObject }: ApiEvent, pods: Scope['pods']): void {
  const node = shownName(objectIn(requestObject, 'target')['name']);
  if (uid !== '' && node !== undefined) pods.know(uid, { node });
}

/** A resource of a domain that is not Kubernetes' own, as accelerators are. */
const EXTENDED =
  /^(?!(?:[\w.-]*\.)?kubernetes\.io\/)[\w.-]+\/[\w.-]+$|^deviceclass\.resource\.kubernetes\.io\/[\w.-]+$/u;

/** What a pod asks for, of its body: `model-server=nvidia.com/mig-3g.40gb:1`; undefined if it asks for none. */
export function acceleratorsOf({ requestObject }: ApiEvent): string | undefined {
  const spec = objectIn(requestObject, 'spec');
  const containers = [...listIn(spec, 'containers'), ...listIn(spec, 'initContainers')];
  const texts = containers.flatMap((container) => {
    const limits = Object.entries(objectIn(objectIn(container, 'resources'), 'limits'));
    const found = limits.filter(([name]) => EXTENDED.test(name));
    const amounts = found.map(([name, amount]) => `${name}:${quantityText(amount)}`);
    return amounts.length === 0 ? [] : [`${textIn(container, 'name')}=${amounts.join('+')}`];
  });
  return shownName(texts.join(', '));
}

const quantityText = (amount: Json): string =>
  /^"?(?<quantity>\d[\d.]*[A-Za-z]{0,2})"?$/u.exec(JSON.stringify(amount))?.groups?.['quantity'] ?? '?';
