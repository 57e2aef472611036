/**
 * What is rendered where only a path was given: one `key: value` line per key. The text is that of the Vault Agent
 * Injector's `map` template, so that files come out byte for byte the same; the path goes in as it stands.
 */
export function defaultTemplate(path: string): string {
  return `{{ with secret "${path}" }}{{ range $k, $v := .Data }}{{ $k }}: {{ $v }}\n{{ end }}{{ end }}`;
}
