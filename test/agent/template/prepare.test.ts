import { parseTemplate } from '#contract/template/parse.ts';
import { describe, expect, it } from 'vitest';
import { FUNCTIONS } from '../../../agent/template/functions/table.ts';
import { USUAL_FUNCTIONS } from '../../../agent/template/functions/usual.ts';
import { prepare } from '../../../agent/template/prepare.ts';

const functionsFor = async (text: string): Promise<unknown> =>
  (await prepare(parseTemplate({ text, left: '{{', right: '}}' }))).functions;

describe('a template is given', () => {
  it('the usual functions, if it calls no others', async () => {
    expect(await functionsFor('{{ with secret "kv/app" }}{{ .Data.key | toJSON }}{{ end }}')).toBe(
      USUAL_FUNCTIONS,
    );
    expect(await functionsFor('text')).toBe(USUAL_FUNCTIONS);
  });

  it.each([
    '{{ "a" | sprig_upper }}',
    '{{ if true }}{{ else if eq 1 (len (parseYAML "a: 1")) }}{{ end }}',
    '{{ define "part" }}{{ toTOML . }}{{ end }}text',
    '{{ with secret (sprig_list "kv/app" | sprig_first) }}{{ end }}',
  ])('all of them, if it calls one of the others anywhere: %s', async (text) => {
    expect(await functionsFor(text)).toBe(FUNCTIONS);
  });
});

it('the usual functions are the same among all', () => {
  for (const [name, fn] of USUAL_FUNCTIONS) expect(FUNCTIONS.get(name)).toBe(fn);
  expect(FUNCTIONS.size).toBeGreaterThan(2 * USUAL_FUNCTIONS.size);
});
