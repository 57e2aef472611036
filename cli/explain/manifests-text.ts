import { describePlace } from '../../governance/place.ts';
import { injectedText } from './pod/manifest-text.ts';
import { type Printed, unreadable, withoutAgent } from './pod/patch-text.ts';
import type { ObjectReport, Report } from './report.ts';

/**
 * What asks for something, as it works: workloads with the agent in their templates, and Secrets. A Secret whose user has
 * values of its own in it is not printed: they are nobody else's.
 */
export function workingManifests({ objects, findings }: Report): Printed {
  const texts = objects.flatMap((object) => secretText(object) ?? injectedText(object) ?? []);
  return {
    text: texts.map((text) => `---\n${text}`).join(''),
    missing: [
      ...unreadable(findings),
      ...objects.flatMap((one) => reasonOf(one) ?? withoutAgent(one, ['denied', 'uninjected'])),
    ],
  };
}

const secretText = ({ secret }: ObjectReport): string | undefined =>
  secret?.working?.whole ? secret.working.text : undefined;

function reasonOf({ place, name, secret, findings }: ObjectReport): string | undefined {
  if (secret === undefined) return undefined;
  const what = `Secret ${name} (${describePlace(place)})`;
  if (secret.working === undefined) {
    const [{ subject, message } = { subject: 'it', message: 'does not work' }] = findings.filter(
      ({ effect }) => effect !== 'note',
    );
    return `Cannot print ${what}: ${subject} ${message}`;
  }
  if (secret.working.whole) return undefined;
  return `Cannot print ${what}: it has values of its own, which are never printed; leave out -o yaml to see what to change in the file`;
}
