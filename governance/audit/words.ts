import type { Policy } from '../policy/policy.ts';

/** Finds in the message of a policy what of it may be shown; undefined if that says nothing. */
export type Words = (policy: string, message: string, names: Iterable<string>) => string | undefined;

/** Stands for what a policy found in an object, which may be anything. */
const LEFT_OUT = '…';

/** A word without the marks around it. */
const CORE = /^(?<before>["'`([{]*)(?<core>.*?)(?<after>["'`)\]}.,:;!?]*)$/u;

/** Of a message less than this is ours, it says nothing any more. */
const LEAST_SHARE = 0.6;

/**
 * Messages of policies tell a developer what was found, in the policy's own words. Those are shown, and names that the request has
 * outside of values: a policy that quotes a value says nothing here but that.
 */
export function createWords(policies: readonly Policy[], acceleratorDomains: readonly string[]): Words {
  const vocabularies = new Map(policies.map((policy) => [policy.name, new Set(wordsOf(policy))]));
  const domains = acceleratorDomains.map((domain) => `${domain}/`);
  const isAccelerator = (word: string): boolean =>
    domains.some((domain) => word.startsWith(domain) && /^[\w.-]{1,63}\*?$/u.test(word.slice(domain.length)));
  return (policy, message, names) => {
    // Kyverno has a second one, for namespaces that are only audited.
    const vocabulary = vocabularies.get(policy) ?? vocabularies.get(policy.replace(/-audit$/u, ''));
    if (vocabulary === undefined) return undefined;
    const known = new Set(names);
    const isShown = (core: string): boolean =>
      vocabulary.has(core.toLowerCase()) || known.has(core) || isAccelerator(core) || /^\W{0,2}$/u.test(core);
    const words = message.split(/\s+/u).filter((word) => word !== '');
    const shown = words.map((word) => sift(word, isShown));
    const kept = shown.filter((word) => word !== LEFT_OUT);
    if (kept.length < words.length * LEAST_SHARE) return undefined;
    return shown.filter((word, index) => word !== LEFT_OUT || shown[index - 1] !== LEFT_OUT).join(' ');
  };
}

function sift(word: string, isShown: (core: string) => boolean): string {
  const { before = '', core = '', after = '' } = CORE.exec(word)?.groups ?? {};
  return isShown(core) ? before + core + after : LEFT_OUT;
}

/** The words of a policy's messages, and of the texts in the expressions that make them. */
function wordsOf({ validations }: Policy): readonly string[] {
  return validations.flatMap(({ message, messageExpression = '' }) => {
    const literals = [...messageExpression.matchAll(/'(?<text>(?:[^'\\]|\\.)*)'/gu)];
    return [message, ...literals.map(({ groups }) => groups?.['text'] ?? '')]
      .flatMap((text) => text.split(/\s+/u))
      .map((word) => CORE.exec(word)?.groups?.['core']?.toLowerCase() ?? '')
      .filter((word) => word !== '');
  });
}
