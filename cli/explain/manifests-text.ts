import { describePlace } from '../../governance/place.ts';
import type { ObjectReport, Report } from './report.ts';

/** The working manifests alone, to be applied as they stand, and why one is not among them. */
export interface Manifests {
  readonly text: string;
  readonly missing: readonly string[];
}

/** The Secrets that ask for a sync, as they work. One whose user has values of its own in it is not printed: they are nobody else's. */
export function workingManifests({ objects }: Report): Manifests {
  const asking = objects.filter(({ secret }) => secret !== undefined);
  const texts = asking.flatMap(({ secret }) => (secret?.working?.whole ? [secret.working.text] : []));
  return {
    text: texts.map((text) => `---\n${text}`).join(''),
    missing: asking.flatMap((one) => reasonOf(one) ?? []),
  };
}

function reasonOf({ place, name, secret, findings }: ObjectReport): string | undefined {
  const what = `Secret ${name} (${describePlace(place)})`;
  if (secret?.working === undefined) {
    const [{ subject, message } = { subject: 'it', message: 'does not work' }] = findings.filter(
      ({ effect }) => effect !== 'note',
    );
    return `Cannot print ${what}: ${subject} ${message}`;
  }
  if (secret.working.whole) return undefined;
  return `Cannot print ${what}: it has values of its own, which are never printed; leave out -o yaml to see what to change in the file`;
}
