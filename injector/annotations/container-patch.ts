import { isObject, type Json } from '#contract/json.ts';
import type { ValueParser } from './values.ts';

/** One operation of a JSON Patch (RFC 6902), as a person writes it. Places are JSON Pointers (RFC 6901). */
export type ContainerOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly path: string; readonly from: string };

const FORM =
  'a JSON Patch (RFC 6902) of the agent\'s container, such as [{"op":"add","path":"/env/-","value":{"name":"TZ","value":"UTC"}}]';

/** The empty text is no patch, as with the Vault Agent Injector. */
export const parsePatch: ValueParser<readonly ContainerOperation[]> = (text) => {
  if (text === '') return { value: [] };
  const operations = parseList(text)?.map(readOperation);
  return operations?.every((operation) => operation !== undefined)
    ? { value: operations }
    : { expected: FORM };
};

function parseList(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isPointer = (value: unknown): value is string =>
  typeof value === 'string' && /^(?:\/(?:[^/~]|~[01])*)*$/u.test(value);

const WITH_VALUE = ['add', 'replace', 'test'] as const;

function readOperation(value: unknown): ContainerOperation | undefined {
  if (!isObject(value) || !isPointer(value['path'])) return undefined;
  const { op, path, from, value: content } = value;
  if (op === 'remove') return { op, path };
  if (isPointer(from)) return op === 'move' || op === 'copy' ? { op, path, from } : undefined;
  const known = WITH_VALUE.find((one) => one === op);
  return known === undefined || content === undefined ? undefined : { op: known, path, value: content };
}
