import { describe, expect, test } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import type { JsonObject } from '#contract/json.ts';
import { explain } from '../../../../cli/explain/explain.ts';
import { reportJson } from '../../../../cli/explain/json.ts';
import { workingManifests } from '../../../../cli/explain/manifests-text.ts';
import { patchLines } from '../../../../cli/explain/pod/patch-text.ts';
import type { Report } from '../../../../cli/explain/report.ts';
import type { Operation } from '../../../../injector/pod/patch.ts';
import { handle } from '../../../../injector/admission/handler.ts';
import { cases, load, read } from '../../../golden/cases.ts';
import { applied, requestFor } from '../../../injector/admission/example.ts';

const FORMAT = { version: '1.1', lineWidth: 0 } as const;

const golden = cases.map((name) => {
  const { pod, settings } = load(name);
  const injector = { isKnown: true, settingsFor: () => settings };
  const options = { namespace: 'team-a', injector };
  const look = (value: unknown): Report => explain([{ file: 'f', text: stringify(value, FORMAT) }], options);
  return { name, pod, settings, look, report: look(pod) };
});

describe.each(golden)('$name', ({ name, pod, settings, look, report }) => {
  const [explained] = report.objects[0]?.pods ?? [];
  const isInjected = read(name, 'expected') !== undefined;

  test('is explained as the injector answers', () => {
    const answer = handle(requestFor(pod), settings);
    const patch =
      answer.patch === undefined
        ? []
        : (JSON.parse(Buffer.from(answer.patch, 'base64').toString()) as Operation[]);
    expect(explained?.outcome === 'denied').toBe(!answer.allowed);
    expect(explained?.injected?.operations ?? []).toEqual(patch);
  });

  test('has a patch that makes of it what the manifest to apply is', () => {
    const [line = '[]'] = patchLines(report).text.split('\n');
    const patched = applied(pod, line === '' ? [] : (JSON.parse(line) as Operation[]));
    const [document] = parseAllDocuments(workingManifests(report).text, { version: '1.1' });
    expect(isInjected).toBe(document !== undefined);
    expect(document?.toJS() ?? patched).toEqual(patched);
  });

  test('needs nothing more once that is applied', () => {
    const { injected } = explained ?? {};
    const again = look(injected?.pod ?? pod).objects[0]?.pods?.[0]?.injected;
    expect(again?.operations ?? []).toEqual([]);
  });

  test('is told for programs in one form', () => {
    const { objects } = JSON.parse(reportJson(report)) as { objects: { pods: JsonObject[] }[] };
    expect(Object.keys(objects[0]?.pods[0] ?? {})).toEqual([
      'template',
      'outcome',
      'reason',
      'annotations',
      'before',
      'accelerators',
      'after',
      'agent',
      'files',
      'patch',
      'findings',
    ]);
  });
});

test('of a Deployment only the templates change, and injecting them once more changes nothing', () => {
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'x', labels: { a: 'b' } },
    spec: {
      replicas: 2,
      template: { ...load('guaranteed-vllm').pod, apiVersion: undefined, kind: undefined },
    },
  };
  const once = explain([{ file: 'f', text: stringify(deployment, FORMAT) }]);
  const { text, missing } = workingManifests(once);
  expect(missing).toEqual([]);
  const twice = explain([{ file: 'f', text }]);
  expect(patchLines(twice).text).toBe('[]\n');
  expect(workingManifests(twice).text).toBe(text);
  const [document] = parseAllDocuments(text);
  expect(document?.toJS()).toMatchObject({ metadata: deployment.metadata, spec: { replicas: 2 } });
});
