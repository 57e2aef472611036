/** The texts that stand in for a template where only a path was given, by their names with the Vault Agent Injector. */
export const DEFAULT_TEMPLATES = ['map', 'json'] as const;
export type DefaultTemplate = (typeof DEFAULT_TEMPLATES)[number];

/**
 * What is rendered where only a path was given: one `key: value` line per key (`map`), or one line of JSON. The texts are
 * those of the Vault Agent Injector, so that files come out byte for byte the same; the path goes in as it stands.
 */
export function defaultTemplate(path: string, form: DefaultTemplate = 'map'): string {
  if (form === 'json') return `{{ with secret "${path}" }}{{ .Data | toJSON }}\n{{ end }}`;
  return `{{ with secret "${path}" }}{{ range $k, $v := .Data }}{{ $k }}: {{ $v }}\n{{ end }}{{ end }}`;
}
