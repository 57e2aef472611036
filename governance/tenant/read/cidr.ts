/** What precedes an address of IPv4 that is written as one of IPv6, which Kubernetes does not take. */
const MAPPED = 0xffffn;

/** True for a range as Kubernetes takes it: an address and how many bits of it count, of which the others are zero. */
export function isCidr(text: string): boolean {
  const [address = '', bits = '', ...more] = text.split('/');
  if (more.length > 0 || !/^(?:0|[1-9]\d{0,2})$/u.test(bits)) return false;
  const parsed = parseV4(address) ?? parseV6(address);
  if (parsed === undefined || Number(bits) > parsed.length) return false;
  return parsed.value % (1n << BigInt(parsed.length - Number(bits))) === 0n;
}

interface Address {
  readonly value: bigint;
  /** In bits. */
  readonly length: number;
}

function parseV4(text: string): Address | undefined {
  const parts = text.split('.');
  const isSound =
    parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/u.test(part) && Number(part) < 256);
  return isSound ? { value: joined(parts.map(Number), 8), length: 32 } : undefined;
}

/** `URL` knows all ways to write one, and writes them in one way. */
function parseV6(text: string): Address | undefined {
  if (!/^[\da-f:.]+$/iu.test(text) || !URL.canParse(`http://[${text}]/`)) return undefined;
  const [head = '', tail = ''] = new URL(`http://[${text}]/`).hostname.slice(1, -1).split('::');
  const [before, after] = [groupsIn(head), groupsIn(tail)];
  const missing = Array.from({ length: 8 - before.length - after.length }, () => '0');
  const value = joined(
    [...before, ...missing, ...after].map((group) => Number.parseInt(group, 16)),
    16,
  );
  return value >> 32n === MAPPED ? undefined : { value, length: 128 };
}

const groupsIn = (part: string): readonly string[] => part.split(':').filter((group) => group !== '');

const joined = (parts: readonly number[], bits: number): bigint =>
  parts.reduce((sum, part) => (sum << BigInt(bits)) + BigInt(part), 0n);
