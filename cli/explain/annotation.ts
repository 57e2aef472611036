import { INFISICAL_BINDING_KEY, VAULT_BINDING_KEY } from '#contract/binding.ts';
import { KEYS_KEY, SOURCE_KEY, STATUS_KEYS, SYNC_KEY, TEMPLATE_PREFIX } from '#contract/secret-sync.ts';
import type { Place } from '../../governance/place.ts';
import type { Finding } from './finding.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { textAnnotations } from './namespace.ts';
import { meant } from './words.ts';

/** An annotation of a Secret that the sync understands. */
export interface Understood {
  readonly place: Place;
  readonly key: string;
  readonly value: string;
  readonly meaning: string;
}

const MEANINGS: ReadonlyMap<string, string> = new Map([
  [SYNC_KEY, 'asks to be filled and kept so'],
  [SOURCE_KEY, 'where the values come from'],
  [KEYS_KEY, 'which keys, and what they are called at the source'],
  [STATUS_KEYS.managedKeys, 'the keys that are the sync’s, whatever they hold; it writes this itself'],
  [STATUS_KEYS.version, 'written by the sync'],
  [STATUS_KEYS.lastSync, 'written by the sync'],
  [STATUS_KEYS.error, 'written by the sync'],
]);

/** Below these prefixes an annotation is ours. */
const OURS = ['sidekey.dev/', 'infisical.com/'];

function meaningOf(key: string, value: string): string | undefined {
  if (key === SYNC_KEY && value === 'false') return 'asks not to be synced';
  if (key.startsWith(TEMPLATE_PREFIX)) return `what ${key.slice(TEMPLATE_PREFIX.length)} is rendered from`;
  return MEANINGS.get(key);
}

/** The annotations of ours, each understood or refused. */
export function readAnnotations(manifest: Manifest): {
  readonly understood: readonly Understood[];
  readonly refused: readonly Finding[];
} {
  const understood: Understood[] = [];
  const refused: Finding[] = [];
  for (const [key, value] of Object.entries(textAnnotations(manifest.value))) {
    if (!OURS.some((prefix) => key.startsWith(prefix))) continue;
    const place = manifest.at(['metadata', 'annotations', key]);
    const meaning = meaningOf(key, value);
    if (meaning === undefined)
      refused.push({ effect: 'unsynced', place, subject: key, message: unknown(key) });
    else understood.push({ place, key, value, meaning });
  }
  return { understood, refused };
}

function unknown(key: string): string {
  if (key === INFISICAL_BINDING_KEY || key === VAULT_BINDING_KEY)
    return `belongs on the namespace, not on the Secret; did you mean ${SOURCE_KEY}?`;
  return `is none that a Secret has${meant(key, [...MEANINGS.keys(), ...templateOf(key)])}`;
}

/** What `sidekey.dev/templates.url` is likely to have meant. */
function templateOf(key: string): readonly string[] {
  const [, name] = /^[^/]*\/[^.]*\.(.+)$/u.exec(key) ?? [];
  return name === undefined ? [] : [TEMPLATE_PREFIX + name];
}
