/**
 * Templates that read and write files, or keep a certificate in one. What comes of them depends on where they run, so that
 * there is nothing to write down: the real agent and ours are compared as they run. `@local@` stands for a directory with the
 * files below, `@out@` for one of the template's own.
 */
export const LOCAL_FILES: Readonly<Record<string, Buffer>> = {
  'text.txt': Buffer.from('héllo\nworld\n'),
  'bytes.bin': Buffer.from([0x00, 0xff, 0x80, 0x41]),
  'empty.txt': Buffer.alloc(0),
  'data.json': Buffer.from('{"a":[1,2]}'),
};

const pki = (text: string): string => `{{ with pkiCert "pki/issue/web" "common_name=a.test" }}${text}{{ end }}`;

/** Both render these to the same files. */
export const RENDERED: Readonly<Record<string, string>> = {
  'file': '{{ file "@local@/text.txt" }}',
  'file-piped': '[{{ file "@local@/text.txt" | toUpper | trimSpace }}]',
  'file-of-bytes': '{{ file "@local@/bytes.bin" }}|{{ file "@local@/bytes.bin" | len }}',
  'file-empty': '[{{ file "@local@/empty.txt" }}]{{ if file "@local@/empty.txt" }}yes{{ else }}no{{ end }}',
  'file-of-empty-path': '[{{ file "" }}]',
  'file-with-spaces': '{{ file "  @local@/text.txt " | len }}',
  'file-parsed': '{{ with file "@local@/data.json" }}{{ (parseJSON .).a }}{{ end }}',
  'write': '[{{ "text" | writeToFile "@out@/a" "" "" "0644" }}]',
  'write-mode': '{{ writeToFile "@out@/a" "" "" "600" "x" }}{{ writeToFile "@out@/b" "" "" "0440" "y" }}',
  'write-newline': '{{ "x" | writeToFile "@out@/a" "" "" "0644" "newline" }}',
  'write-append': '{{ writeToFile "@out@/a" "" "" "0644" "1" }}{{ writeToFile "@out@/a" "" "" "0600" "append" "2" }}',
  'write-append-newline': '{{ writeToFile "@out@/a" "" "" "0644" "append,newline" "1" }}{{ writeToFile "@out@/a" "" "" "0644" "append" "2" }}',
  'write-twice': '{{ writeToFile "@out@/a" "" "" "0644" "first, longer" }}{{ writeToFile "@out@/a" "" "" "0644" "second" }}',
  'write-below': '{{ writeToFile "@out@/a/b/c" "" "" "0644" "x" }}',
  'write-more-arguments': '{{ writeToFile "@out@/a" "" "" "0644" "append" "newline" "x" }}',
  'write-secret': '{{ with secret "kv/app" }}{{ .Data.uni | writeToFile "@out@/a" "" "" "0644" }}{{ .Data.alpha }}{{ end }}',
  'write-bytes': '{{ with secret "kv/app" }}{{ base64Decode .Data.keystore | writeToFile "@out@/a" "" "" "0644" }}{{ end }}',
  'pki': pki('{{ .Cert }}{{ .Key }}{{ .CA }}'),
  'pki-data': pki('{{ .Data.Cert }}{{ .Data.Key }}{{ .Data.CA }}{{ .Data.Data.Cert }}'),
  'pki-kind': pki('{{ .Cert }}{{ .Key }}{{ .CA }}{{ sprig_kindOf . }} {{ sprig_typeOf . }} {{ len .Cert }}'),
  'pki-nothing': '[{{ pkiCert }}]',
};

/** Both refuse these. */
export const REFUSED: Readonly<Record<string, string>> = {
  'file-of-integer': '{{ file 1 }}',
  'file-two-paths': '{{ file "a" "b" }}',
  'write-no-content': '{{ writeToFile "@out@/a" "" "" "0644" }}',
  'write-integer': '{{ writeToFile "@out@/a" "" "" "0644" 1 }}',
  'write-no-permissions': '{{ writeToFile "@out@/a" "" "" "" "x" }}',
  'write-bad-permissions': '{{ writeToFile "@out@/a" "" "" "0o644" "x" }}',
  'write-unknown-user': '{{ writeToFile "@out@/a" "nobody-such" "" "0644" "x" }}',
  'write-unknown-group': '{{ writeToFile "@out@/a" "" "nobody-such" "0644" "x" }}',
  'pki-empty-path': '{{ pkiCert "" }}',
  'pki-bad-pair': '{{ pkiCert "pki/issue/web" "common_name" }}',
  'pki-unknown-part': pki('{{ .None }}'),
};
