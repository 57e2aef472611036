import { isArray, isObject, type Json, type JsonObject, textIn } from '#contract/json.ts';
import { compare } from './compare.ts';
import type { Difference } from './difference.ts';

const TEXT_OR_COMMENT = /"(?:[^"\\]|\\.)*"|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\//gu;

const RULE = /path\s+(?<path>"(?:[^"\\]|\\.)*")\s*\{(?<body>(?:"(?:[^"\\]|\\.)*"|[^{}"]|\{[^{}]*\})*)\}/gu;

const CAPABILITIES = /(?:^|\s)capabilities\s*=\s*\[(?<list>[^\]]*)\]/u;

/**
 * A policy of Vault or OpenBao by its paths, so that neither blanks nor comments nor the order of rules count. What is no
 * rule of a path is kept as a text.
 */
export function readAcl(policy: string): JsonObject {
  const text = policy.replace(TEXT_OR_COMMENT, (found) => (found.startsWith('"') ? found : ' '));
  const rules: Record<string, Json> = {};
  const rest = text.replace(RULE, (_, path: string, body: string) => {
    const name = path.slice(1, -1).replaceAll(/\\(?=["\\])/gu, '');
    rules[freeName(rules, name)] = readRule(body);
    return ' ';
  });
  return { rules, ...(squeezed(rest) === '' ? {} : { rest: squeezed(rest) }) };
}

/** A path may stand there twice, and then both count. */
const freeName = (rules: Readonly<Record<string, Json>>, name: string): string =>
  Object.hasOwn(rules, name) ? freeName(rules, `${name} (again)`) : name;

function readRule(body: string): JsonObject {
  const list = CAPABILITIES.exec(body)?.groups?.['list'] ?? '';
  const capabilities = list.split(',').map((one) => one.trim().replaceAll('"', ''));
  const rest = squeezed(body.replace(CAPABILITIES, ' '));
  return {
    capabilities: capabilities.filter((one) => one !== ''),
    ...(rest === '' ? {} : { rest }),
  };
}

const squeezed = (text: string): string => text.replaceAll(/\s+/gu, ' ').trim();

/** What a store says of a policy beside its text, and that changes nothing. */
const ACL_FACTS = ['name', 'policy', 'rules', 'version', 'modified', 'cas_required'];

/** Where what a policy grants is not what was declared: its text, and what else the store says of it. */
export const compareAcls = (want: string, have: JsonObject): readonly Difference[] =>
  compareWhole(readAcl(want), { ...without(have, ACL_FACTS), ...readAcl(textIn(have, 'policy')) });

/** Fields of a role that say by an older name what another one says, or that matter only to a person who logs in. */
const ROLE_FACTS = ['policies', 'ttl', 'max_ttl', 'num_uses', 'period', 'bound_cidrs', 'callback_mode'];

/** Where a login role is not as it was declared. It is declared as a whole: what is more counts. */
export const compareRoles = (want: JsonObject, have: JsonObject): readonly Difference[] =>
  compareWhole(without(want, ROLE_FACTS), without(have, ROLE_FACTS));

/** To a store, what is empty and what is not there are the same. */
const without = (object: JsonObject, fields: readonly string[]): JsonObject =>
  Object.fromEntries(
    Object.entries(object).filter(([field, value]) => !fields.includes(field) && !isEmpty(value)),
  );

const compareWhole = (want: JsonObject, have: JsonObject): readonly Difference[] =>
  compare(want, have, { isOurs: () => true, isDefault: () => false, isSame: () => false });

const isEmpty = (value: Json): boolean =>
  value === '' || value === 0 || value === false || (isObject(value) && Object.keys(value).length === 0);

/** Which policies a role gives to those who log in with it. */
export function policiesOf(role: JsonObject): readonly string[] {
  const { token_policies: policies } = role;
  return isArray(policies) ? policies.filter((one) => typeof one === 'string') : [];
}
