import { describe, expect, it } from 'vitest';
import { parseAnnotations, type ReadAnnotations } from '../../../injector/annotations/parse.ts';
import { annotations, SETTINGS } from '../admission/example.ts';

const read = (more: Readonly<Record<string, string>>): ReadAnnotations =>
  parseAnnotations(annotations(more), SETTINGS);

const keysOf = (problems: ReadAnnotations['problems']): readonly string[] =>
  problems.map(({ key }) => key.replace('vault.hashicorp.com/', ''));

describe('what is said of a template beside its text', () => {
  const templateWith = (more: Readonly<Record<string, string>>): unknown => {
    const { injection, problems } = read({ 'agent-inject-template-api': '<% 1 %>', ...more });
    expect(problems).toEqual([]);
    const [file] = injection.files;
    return file && 'template' in file ? file.template : undefined;
  };

  it('are its delimiters, of which the empty one stands for the usual one', () => {
    const delimiters = { 'agent-template-left-delim-api': '<%', 'agent-template-right-delim-api': '%>' };
    expect(templateWith(delimiters)).toEqual({ text: '<% 1 %>', left: '<%', right: '%>' });
    expect(templateWith({ 'agent-template-left-delim-api': '' })).toMatchObject({ left: '{{', right: '}}' });
  });

  it('is what a missing key is', () => {
    expect(templateWith({ 'error-on-missing-key-api': 'T' })).toMatchObject({ errorOnMissingKey: true });
    expect(templateWith({ 'error-on-missing-key-api': '0' })).not.toHaveProperty('errorOnMissingKey');
    expect(keysOf(read({ 'error-on-missing-key-api': 'yes' }).problems)).toEqual([
      'error-on-missing-key-api',
    ]);
  });

  it('counts when the template is parsed', () => {
    const { problems } = read({
      'agent-inject-template-api': '<% nosuch %>',
      'agent-template-left-delim-api': '<%',
      'agent-template-right-delim-api': '%>',
    });
    expect(problems[0]?.message).toContain('line 1, column 4: function "nosuch" is not defined');
  });

  it('is warned about where there is no such template; the default one has delimiters of its own', () => {
    const { injection, problems, warnings } = read({
      'agent-template-left-delim-api': '<%',
      'agent-template-right-delim-none': '%>',
      'error-on-missing-key-none': 'true',
    });
    expect(problems).toEqual([]);
    expect(keysOf(warnings)).toEqual([
      'agent-template-left-delim-api',
      'agent-template-right-delim-none',
      'error-on-missing-key-none',
    ]);
    expect(injection.files[0]).toMatchObject({ template: { left: '{{', right: '}}' } });
  });
});
