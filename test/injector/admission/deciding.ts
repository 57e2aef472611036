import { review, type Verdict } from '../../../injector/admission/handler.ts';
import type { Settings } from '../../../injector/admission/settings.ts';
import { readNamespace } from '../../../injector/annotations/namespace.ts';
import { podWith, requestFor, SETTINGS } from './example.ts';

export type Texts = Readonly<Record<string, string>>;

/** Keys of Sidekey's own. */
export const sidekey = (keys: Texts): Record<string, string> =>
  Object.fromEntries(Object.entries(keys).map(([key, value]) => [`sidekey.dev/${key}`, value]));

/** The settings of an injector that knows one namespace, that of the request. */
export const inNamespace = (keys: Texts, more: Partial<Settings> = {}): Settings => ({
  ...SETTINGS,
  ...more,
  namespaces: new Map([['team-a', readNamespace(sidekey(keys))]]),
});

export const decide = (found: Texts, settings: Settings): Verdict =>
  review(requestFor(podWith(found)), settings);

/** What is wrong with each key, all of it in one text. */
export function problemsOf(verdict: Verdict): Record<string, string> {
  const all = verdict.outcome === 'denied' ? verdict.problems : [];
  const keys = [...new Set(all.map(({ key }) => key))];
  return Object.fromEntries(
    keys.map((one) => [one, all.flatMap(({ key, message }) => (key === one ? [message] : [])).join('; ')]),
  );
}
