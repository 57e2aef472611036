import { request } from 'undici';
import { isObject, type JsonObject, textIn } from '#contract/json.ts';
import { resourceOf } from '../../../governance/cel/resource.ts';
import type { Requester } from '../cases/case.ts';
import { nameOf, namespaceOf } from './request.ts';

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: JsonObject;
  /** Who asks; the cluster's administrator if it is not said. */
  readonly user?: Requester;
}

export interface Answer {
  readonly status: number;
  readonly warnings: readonly string[];
  readonly object: JsonObject;
  /** By which the audit log knows the request. */
  readonly auditId: string;
}

/** `299 - "…"`; undici takes the bytes of headers for characters. */
const WARNING = /^299 \S+ "(?<quoted>.*)"$/su;

function warningsIn(header: string | readonly string[] = []): readonly string[] {
  return [header].flat().flatMap((line) => {
    const text = Buffer.from(line, 'latin1').toString();
    const quoted = WARNING.exec(text)?.groups?.['quoted'];
    return quoted === undefined ? [] : [quoted.replaceAll(/\\(.)/gsu, '$1')];
  });
}

function impersonation({ username, groups }: Requester): Record<string, string | string[]> {
  return { 'impersonate-user': username, 'impersonate-group': [...groups] };
}

/** Requests to an API server. */
export class Api {
  readonly #address: string;

  constructor(address: string) {
    this.#address = address;
  }

  async send({ method, path, body, user }: Call): Promise<Answer> {
    const type = method === 'PATCH' ? 'application/apply-patch+yaml' : 'application/json';
    const {
      statusCode,
      headers,
      body: answer,
    } = await request(`${this.#address}${path}`, {
      method,
      headers: { 'content-type': type, ...(user && impersonation(user)) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const object: unknown = await answer.json();
    return {
      status: statusCode,
      warnings: warningsIn(headers['warning']),
      object: isObject(object) ? object : {},
      auditId: String(headers['audit-id']),
    };
  }

  /**
   * Makes an object be as it is said, whatever there was.
   *
   * @throws {Error} If the server refuses.
   */
  async apply(object: JsonObject): Promise<void> {
    const path = `${pathOf(object)}?fieldManager=test&force=true`;
    const { status, object: answer } = await this.send({ method: 'PATCH', path, body: object });
    if (status >= 400) throw new Error(`Cannot apply ${path}: ${textIn(answer, 'message')}`);
  }

  /** Deletes an object and all that it made; one that is not there is no matter. */
  async remove(object: JsonObject): Promise<void> {
    const body = { propagationPolicy: 'Background', gracePeriodSeconds: 0 };
    await this.send({ method: 'DELETE', path: pathOf(object), body });
  }
}

/** Where objects of the kind are. */
export function collectionOf(object: JsonObject): string {
  const { group, version, resource } = resourceOf(object);
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const namespace = namespaceOf(object);
  return namespace === '' ? `${root}/${resource}` : `${root}/namespaces/${namespace}/${resource}`;
}

export const pathOf = (object: JsonObject): string => `${collectionOf(object)}/${nameOf(object)}`;
