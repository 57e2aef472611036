import { type KubernetesCall, targetOf, verbOf } from './call.ts';

/** A sentence of the API server that has one name in it worth telling, and what we say of it. */
interface Sentence {
  readonly pattern: RegExp;
  say(name: string, call: KubernetesCall): string;
}

const SENTENCES: readonly Sentence[] = [
  {
    pattern: /^.{0,400}? is forbidden: User "(?<name>[\w.:@/-]{1,300})" cannot /u,
    say: (name, call) => `${name} may not; ${grant(call)}`,
  },
  {
    pattern:
      /ValidatingAdmissionPolicy '(?<name>[\w.-]{1,253})' with binding '[\w.-]{1,253}' denied request/u,
    say: (name) => `the ValidatingAdmissionPolicy ${name} denies it`,
  },
  {
    pattern: /^admission webhook "(?<name>[\w.-]{1,253})" denied the request/u,
    say: (name) => `the admission webhook ${name} denies it`,
  },
  {
    pattern: / is forbidden: exceeded quota: (?<name>[\w.-]{1,253}), /u,
    say: (name) => `the ResourceQuota ${name} is used up`,
  },
  {
    pattern: / in namespace (?<name>[\w.-]{1,63}) because it is being terminated$/u,
    say: (name) => `the namespace ${name} is being deleted`,
  },
];

/**
 * Why a call is forbidden. Takes names out of the server's sentence, and nothing else: policies and webhooks may quote
 * what they refuse.
 */
export function explainForbidden(call: KubernetesCall, message: string): string {
  for (const { pattern, say } of SENTENCES) {
    const name = pattern.exec(message)?.groups?.['name'];
    if (name !== undefined) return say(name, call);
  }
  return `the API server forbids it; ${grant(call)}, and look for an admission policy`;
}

function grant(call: KubernetesCall): string {
  const target = targetOf(call.path);
  if (target === undefined) return `allow the account to ${call.method} this path`;
  const group = target.group === '' ? '' : ` of ${target.group}`;
  return `grant it the verb "${verbOf(call)}" on "${target.resource}"${group}`;
}
