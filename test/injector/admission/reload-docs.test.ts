import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { type JsonObject, objectIn } from '#contract/json.ts';
import { review } from '../../../injector/admission/handler.ts';
import { nativeAnnotations, podWith, requestFor, SETTINGS } from './example.ts';

const PAGE = readFileSync(new URL('../../../docs/reload.md', import.meta.url), 'utf8');

/** The pods of the page; of some only the annotations are shown. */
const pods = [...PAGE.matchAll(/^```yaml\n(.*?)^```/gmsu)].map(([, text = '']) => {
  const shown = parse(text) as JsonObject;
  const keys = objectIn(objectIn(shown, 'metadata'), 'annotations') as Readonly<Record<string, string>>;
  return podWith(keys, objectIn(shown, 'spec'));
});

/** What it says to write, short of what has a place to fill in. */
const targets = [...PAGE.matchAll(/`((?:http|signal):[A-Z]+ [^`<]+)`/gu)].map(([, text = '']) => text);

it('has examples', () => {
  expect(pods.length).toBeGreaterThan(1);
  expect(targets.length).toBeGreaterThan(0);
});

it.each(pods)('admits the pod %#, without a warning', (pod) => {
  expect(review(requestFor(pod), SETTINGS)).toMatchObject({ outcome: 'injected', warnings: [] });
});

it.each(targets)('admits %s', (target) => {
  const containers = [{ name: 'a', image: 'a', securityContext: { runAsUser: 101 } }];
  const pod = podWith(nativeAnnotations({ 'reload.api': target }), {
    shareProcessNamespace: true,
    containers,
  });
  expect(review(requestFor(pod), SETTINGS)).toMatchObject({ outcome: 'injected', warnings: [] });
});
