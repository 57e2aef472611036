import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { ACCELERATOR_TITLES } from '#contract/accelerators.ts';
import { SKIP_REASONS } from '../../../injector/pod/decide.ts';

const page = await readFile(new URL('../../../docs/pods.md', import.meta.url), 'utf8');

/** What no author of a pod is ever told. */
const UNSEEN = ['unsupported_kind', 'unsupported_operation', 'not_requested'];

it.each([...ACCELERATOR_TITLES.keys()])('docs/pods.md names the kind %s', (kind) => {
  expect(page).toContain(`\`${kind}\``);
});

it.each(Object.keys(SKIP_REASONS).filter((reason) => !UNSEEN.includes(reason)))(
  'docs/pods.md says when a pod is left alone for %s',
  (reason) => {
    expect(page).toContain(`\`${reason}\``);
  },
);
