/** Stands for what nobody could guess. Put together here, so that no scanner of repositories takes it for real. */
const RANDOM = 'q7Xv2Lr9Tz4Mb8Kw1Yc6Hp3Nd5Gs0JfUeAiVoBxRtDkQmWlZnCyPhSgTrFj';
const some = (length: number): string => RANDOM.slice(0, length);
const OF_AWS = ['IOSFODNN7', 'EXAMPLE'].join('');
const HEXADECIMAL = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const UUID = '6b5d3ae0-6c0b-4c39-8f0d-8a3b2f1c9d7e';
const pem = (kind: string): string => `-----BEGIN ${kind}-----\nMIIEvQIBADANBg\n-----END ${kind}-----\n`;

/** Credentials in the shapes that their issuers give them. */
export const TOKENS: Readonly<Record<string, string>> = {
  'a key of OpenAI of old': `sk-${some(48)}`,
  'a key of an OpenAI project': `sk-proj-${some(24)}_${some(20)}-${some(12)}`,
  'a key of an OpenAI service account': `sk-svcacct-${some(50)}`,
  'a key of Anthropic': `sk-ant-api03-${some(40)}-${some(20)}`,
  'a token of Hugging Face': `hf_${some(34)}`,
  'a key of NVIDIA’s registry': `nvapi-${some(60)}-abc`,
  'an access key of AWS': `AKIA${OF_AWS}`,
  'a passing access key of AWS': `ASIA${OF_AWS}`,
  'a token of GitHub': `ghp_${some(36)}`,
  'a token of a GitHub application': `ghs_${some(36)}`,
  'a fine-grained token of GitHub': `github_pat_${some(22)}_${some(58)}`,
  'a token of GitLab': `glpat-${some(20)}`,
  'a token of Slack': `xoxb-123456789012-123456789012-${some(24)}`,
  'a token of Vault': `hvs.${some(24)}`,
  'a batch token of Vault': `hvb.${some(60)}`,
  'a token of OpenBao': `s.${some(24)}`,
  'a batch token of OpenBao': `b.AAAAAQ${some(60)}${some(60)}`,
  'a service token of Infisical': `st.${UUID}.${HEXADECIMAL.slice(0, 32)}.${HEXADECIMAL.slice(0, 32)}`,
  'a key of Google': `AIza${some(35)}`,
  'a signed token': `eyJ${some(30)}.eyJ${some(40)}.${some(43)}`,
  'a password in an address': `postgres://app:${some(12)}@db.example:5432/app`,
  'a password without a user in an address': `redis://:${some(12)}@cache.example:6379/0`,
  'a private key': pem('PRIVATE KEY'),
  'a private key of RSA': pem('RSA PRIVATE KEY'),
  'a private key of PGP': pem('PGP PRIVATE KEY BLOCK'),
  'a private key of SSH': pem('OPENSSH PRIVATE KEY'),
};

/** What looks like a credential and is none. */
export const HARMLESS: Readonly<Record<string, string>> = {
  'the name of a model': 'meta-llama/Llama-3.1-8B-Instruct',
  'a word that ends like the beginning of a key': `task-${some(24)}`,
  'words that hold the beginning of a key': 'risk-assessment-of-large-language-models-2026',
  'a name that begins like a key': 'sk-learn-pipeline-for-sentence-embeddings-v2',
  'a place whose name begins like a key': '/models/sk-learn-pipeline-for-sentence-embeddings',
  'a short word after the beginning of a key': 'sk-demo',
  'a placeholder of a key': 'sk-...',
  'a name of Hugging Face’s': 'hf_transfer',
  'a long name of Hugging Face’s': 'hf_hub_download_timeout_in_seconds_per_file',
  'a digest of an image': `registry.example/model-server@sha256:${HEXADECIMAL}`,
  'a commit': HEXADECIMAL.slice(0, 40),
  'an id': UUID,
  'a text in base64': Buffer.from(`${RANDOM}${RANDOM}`).toString('base64'),
  'a key of AWS within a text in base64': `xAKIA${OF_AWS}x`,
  'a host that begins like a token': 'hvs.internal.example',
  'a variable that the kubelet fills in': 'postgres://app:$(PASSWORD)@db:5432/app',
  'a password in an address that is to be filled in': 'https://user:<password>@repository.example/models',
  'an address with names for user and password': 'https://[USER]:[PASSWORD]@repository.example/models',
  'an address with a port': 'http://localhost:8000/v1@latest',
  'a host of one letter': 's.example',
  'a public key': pem('PUBLIC KEY'),
  'a certificate': pem('CERTIFICATE'),
  'a public key of SSH': `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${some(40)} ada@example.com`,
  'a path of a secret': 'secret/data/team-a/api-key',
  'a file of a secret': '/vault/secrets/openai-api-key',
  'a version': 'v1.36.3-rc.0+9f86d081884c7d65',
  nothing: '',
};

/** Matches a message that names a place, and gives away no part of a value. */
export const naming = (place: string): RegExp =>
  new RegExp(`^(?!.*(?:${some(8)}|${OF_AWS}|MIIE))(?=.*${place.replaceAll('.', String.raw`\.`)})`, 'su');
