import { X509Certificate } from 'node:crypto';
import { Fault } from '../error.ts';
import { mapAt, type ValueMap } from '../../value/value.ts';
import { type GoValue, isList, StringList, Structure } from '../go/value.ts';

/** The parts of a certificate as a template sees them: `.Cert`, `.Key`, `.CA` and `.CAChain`, also below `.Data`. Throws Fault. */
export function certificateStructure(body: ValueMap): Structure {
  const data = mapAt(body, 'data');
  const blocks = data === undefined ? [] : textsOf(data).flatMap(blocksOf);
  const keys = blocks.filter(({ label }) => label.endsWith('PRIVATE KEY'));
  const certificates = blocks.filter((block) => !keys.includes(block));
  const own = certificates.filter(({ pem }) => !isAuthority(pem)).at(-1);
  if (own === undefined) throw new Fault('the answer holds no certificate; expected a path that issues one');
  const chain = [...new Set(certificates.map(({ pem }) => pem))].filter(isAuthority);
  return new Structure(
    'dependency.PemEncoded',
    new Map<string, GoValue>([
      ['Cert', own.pem],
      ['Key', keys.at(-1)?.pem ?? ''],
      ['CA', chain[0] ?? ''],
      ['CAChain', new StringList(chain.length === 0 ? undefined : chain)],
    ]),
    'Data',
  );
}

/** The texts among the fields, and those of the chain. The authority that issued it comes first. */
function textsOf(data: ValueMap): readonly string[] {
  const chain = data.get('ca_chain');
  const fields = [data.get('issuing_ca'), ...data.values(), ...(isList(chain) ? chain : [])];
  return fields.filter((field) => typeof field === 'string');
}

interface Block {
  readonly label: string;
  /** As Go writes it: lines of 64 characters, the last one ended, too. */
  readonly pem: string;
}

const BLOCK = /-----BEGIN (?<label>[^-]+)-----(?<body>[A-Za-z0-9+/=\s]+)-----END \k<label>-----/gu;

function blocksOf(text: string): readonly Block[] {
  return [...text.matchAll(BLOCK)].map(({ groups: { label = '', body = '' } = {} }) => {
    const lines = body.replaceAll(/\s/gu, '').match(/.{1,64}/gu) ?? [];
    return { label, pem: [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n') };
  });
}

function isAuthority(pem: string): boolean {
  try {
    return new X509Certificate(pem).ca;
  } catch {
    throw new Fault('a certificate in the answer cannot be read');
  }
}
