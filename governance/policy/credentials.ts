/** What a credential looks like. */
export interface CredentialShape {
  /** The name of the policy's variable. */
  readonly variable: string;
  readonly title: string;
  /** Texts of which every such credential has one: they are looked for first, because that costs little. */
  readonly markers: readonly string[];
  /**
   * Below 40 characters, so that a ConfigMap of 1 MiB is searched within the cost that the API server allows one expression:
   * it counts the length of the pattern as well as that of the text.
   */
  readonly pattern: string;
  /** True if names have the shape, too, so that only what looks as if by chance counts. */
  readonly isRandom?: true;
}

const shape = (
  variable: string,
  title: string,
  markers: readonly string[],
  pattern: string,
): CredentialShape => ({ variable, title, markers, pattern });

/** Shapes that hardly anything else has. */
export const CREDENTIAL_SHAPES: readonly CredentialShape[] = [
  shape(
    'modelKey',
    'a key of OpenAI, Anthropic or the like',
    ['sk-'],
    String.raw`\bsk-[\w-]{0,80}[A-Za-z\d]{20}`,
  ),
  shape('huggingFace', 'a token of Hugging Face', ['hf_'], String.raw`\bhf_[A-Za-z\d]{30}`),
  shape('ngc', 'a key of NVIDIA NGC', ['nvapi-'], String.raw`\bnvapi-[\w-]{20}`),
  shape('aws', 'an access key of AWS', ['AKIA', 'ASIA'], String.raw`\bA[KS]IA[A-Z\d]{16}\b`),
  shape('google', 'an API key of Google', ['AIza'], String.raw`\bAIza[\w-]{35}`),
  shape(
    'gitHub',
    'a token of GitHub',
    ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
    String.raw`\bg(h[oprsu]|ithub_pat)_\w{30}`,
  ),
  shape('gitLab', 'a token of GitLab', ['glpat-'], String.raw`\bglpat-[\w-]{20}`),
  shape('slack', 'a token of Slack', ['xox'], String.raw`\bxox[abeprs]-\d[\w-]{9}`),
  shape('vault', 'a token of Vault', ['hvs.', 'hvb.', 'hvr.'], String.raw`\bhv[sbr]\.[\w-]{24}`),
  {
    ...shape('openBao', 'a token of OpenBao', ['s.'], String.raw`\bs\.[A-Za-z\d]{24}\b`),
    isRandom: true,
  },
  shape('infisical', 'a token of Infisical', ['st.'], String.raw`\bst\.[\da-f-]{24,36}\.[\da-f]{32}`),
  shape('privateKey', 'a private key', ['PRIVATE KEY-----'], 'PRIVATE KEY-----'),
  shape('webToken', 'a JSON Web Token', ['.eyJ'], String.raw`\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.`),
  shape('urlPassword', 'a password in a URL', ['://'], String.raw`://[^\s/:@]{1,64}:[^\s/:@$<{*%]{3,}@`),
];
