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

describe('a template that cannot be rendered, whatever its secrets are, is refused when the pod is', () => {
  it.each([
    ['{{ with secret "a" }}x', 'line 1, column 23: unexpected end of the template; expected {{end}}'],
    [
      'a\n{{ .Data | regexMatch "(?=a)" }}',
      'line 2, column 23: the regular expression is malformed: a (? is followed by neither flags nor a name',
    ],
    ['{{ "x" | sprig_mustRegexFind "a{2,1}" }}', 'line 1, column 30: the regular expression is malformed'],
    ['{{ key "app/port" }}', 'line 1, column 4: function "key" is not supported: it reads Consul'],
    [
      '\n\n {{ sprig_now }}',
      'line 3, column 5: function "sprig_now" is not supported: it gives or takes a point in time',
    ],
    ['{{ "x" | quote }}', 'line 1, column 10: function "quote" is not defined; expected sprig_quote'],
  ])('%j', (text, message) => {
    expect(read({ 'agent-inject-template-api': text }).problems.map((problem) => problem.message)).toEqual([
      expect.stringContaining(message),
    ]);
  });

  it('and so are all others of the pod, each with its key', () => {
    const texts = { 'agent-inject-template-a': '{{ end }}', 'agent-inject-template-b': '{{ ' };
    expect(keysOf(read(texts).problems)).toEqual(['agent-inject-template-a', 'agent-inject-template-b']);
  });
});
