/**
 * What a credential looks like. Of an expression the API server counts the length of the text times that of the pattern, and
 * allows so much for one expression and so much for all: short patterns are what lets a ConfigMap of 1 MiB be searched.
 */
export interface CredentialShape {
  /** The name of the policy's variable. */
  readonly variable: string;
  readonly title: string;
  /** Short texts of which every such credential has one: they are looked for first, where that costs much less. */
  readonly markers: readonly string[];
  readonly pattern: string;
  /** True if names of programs have the shape, too, so that only what looks as if by chance counts. */
  readonly isRandom?: true;
}

type Place = readonly [variable: string, title: string];

const shape = ([variable, title]: Place, markers: readonly string[], pattern: string): CredentialShape => ({
  variable,
  title,
  markers,
  pattern,
});

/** A letter or digit, in fewer characters than otherwise. */
const LETTER = String.raw`[^\W_]`;

/** Shapes that hardly anything else has. */
export const CREDENTIAL_SHAPES: readonly CredentialShape[] = [
  shape(
    ['modelKey', 'a key of OpenAI, Anthropic or the like'],
    ['sk-'],
    String.raw`\bsk-[\w-]{0,80}${LETTER}{20}`,
  ),
  shape(['huggingFace', 'a token of Hugging Face'], ['hf_'], `hf_${LETTER}{30}`),
  shape(['ngc', 'a key of NVIDIA NGC'], ['nvapi-'], String.raw`nvapi-[\w-]{20}`),
  shape(['aws', 'an access key of AWS'], [], String.raw`\bA[KS]IA[A-Z\d]{16}\b`),
  shape(['google', 'an API key of Google'], ['AIza'], String.raw`\bAIza[\w-]{35}`),
  shape(['gitHub', 'a token of GitHub'], [], String.raw`\bg(h[oprsu]|ithub_pat)_\w{30}`),
  shape(['gitLab', 'a token of GitLab'], ['glpat-'], String.raw`glpat-[\w-]{20}`),
  shape(['slack', 'a token of Slack'], ['xox'], String.raw`xox[a-z]-\d`),
  shape(['vault', 'a token of Vault'], [], String.raw`\bhv[sbr]\.[\w-]{24}`),
  {
    ...shape(['openBao', 'a token of OpenBao'], [], String.raw`\bs\.${LETTER}{24}\b`),
    isRandom: true,
  },
  shape(['infisical', 'a token of Infisical'], ['st.'], String.raw`\bst\.[\da-f-]{24}`),
  shape(['batch', 'a batch token of OpenBao'], [], String.raw`\bb\.AAAAAQ[\w-]{20}`),
  shape(['privateKey', 'a private key'], ['PRIVATE'], 'PRIVATE KEY( BLOCK)?-----'),
  shape(['webToken', 'a JSON Web Token'], ['.eyJ'], String.raw`eyJ[\w-]+\.eyJ`),
  shape(['urlPassword', 'a password in a URL'], ['://'], String.raw`://[^\s/:@]*:[^\s/:@$<{*%[]{3,}@`),
];
