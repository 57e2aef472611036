import { describe, expect, test } from 'vitest';
import { explain } from '../../../cli/explain/explain.ts';
import { reportJson } from '../../../cli/explain/json.ts';
import { workingManifests } from '../../../cli/explain/manifests-text.ts';
import { patchLines } from '../../../cli/explain/pod/patch-text.ts';
import { COLOURED, PLAIN } from '../../../cli/text/paint.ts';
import { isSound } from '../../../cli/explain/report.ts';
import { reportText } from '../../../cli/explain/text.ts';
import { CANARY, explainCase, explainCases } from '../../golden/explain-cases.ts';

const COMMAND = 'sidekey explain -f manifest.yaml -o yaml | kubectl apply -f -';

/** What comes into a pod. */
const ADDED = /^ {2}\+ .*\n/gmu;

const explained = (text: string) => explain([{ file: 'manifest.yaml', text }]);

describe.each(explainCases)('$name', ({ manifest, expected }) => {
  const report = explained(manifest);

  test('is explained as it stands in expected.txt', () => {
    expect(reportText(report, COMMAND, PLAIN).replace(ADDED, '')).toBe(expected);
  });

  test('no value of a Secret is shown, nor one of a pod’s environment, except to be applied', () => {
    const applied = workingManifests(report);
    const isOfPods = report.objects.some(({ pods }) => pods !== undefined);
    const shown = [
      reportText(report, COMMAND, COLOURED),
      reportJson(report),
      patchLines(report).text,
      ...patchLines(report).missing,
      ...(isOfPods ? [] : [applied.text]),
      ...applied.missing,
    ].join('\n');
    expect(shown).not.toContain(CANARY);
    expect(shown).not.toContain(Buffer.from(CANARY).toString('base64').replace(/=+$/u, ''));
  });

  test('what it says works, works, and is said again as it is', () => {
    for (const { secret } of report.objects) {
      if (!secret?.working?.whole) continue;
      const again = explained(secret.working.text);
      expect(again.objects.map(({ verdict }) => verdict)).not.toContain('refused');
      expect(again.objects[0]?.secret?.working?.text).toBe(secret.working.text);
    }
  });
});

test('the user’s own form is told from the three that work', () => {
  expect(isSound(explained(explainCase('users-own-form').manifest))).toBe(false);
  for (const name of ['placeholder', 'no-data', 'data-empty-map', 'data-null', 'empty-value'])
    expect(isSound(explained(explainCase(name).manifest)), name).toBe(true);
});

test('there are cases with a secret in them, and with each verdict', () => {
  expect(explainCases.filter(({ manifest }) => manifest.includes(CANARY)).length).toBeGreaterThan(5);
  const verdicts = explainCases.flatMap(({ manifest }) =>
    explained(manifest).objects.map(({ verdict }) => verdict),
  );
  expect(new Set(verdicts)).toEqual(
    new Set([
      'works',
      'injected',
      'refused',
      'denied',
      'unsynced',
      'uninjected',
      'unasked',
      'binding',
      'unseen',
      'unexplained',
    ]),
  );
});
