/** A refusal in Infisical's envelope. */
export class Refusal extends Error {
  readonly status: number;
  readonly error: string;
  readonly details: string | readonly object[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    error: string,
    details: string | readonly object[],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(error);
    this.status = status;
    this.error = error;
    this.details = details;
    this.headers = headers;
  }
}

export const notFound = (message: string): Refusal => new Refusal(404, 'NotFound', message);
export const unauthorized = (message: string): Refusal => new Refusal(401, 'UnauthorizedError', message);
const tokenError = (message: string): Refusal => new Refusal(403, 'TokenError', message);
export const invalidToken = (): Refusal => tokenError('invalid token');
export const expiredToken = (): Refusal => tokenError('Your token has expired. Please re-authenticate.');
export const upgradeNeeded = (message: string): Refusal => new Refusal(400, 'BadRequest', message);

/** The text of a field of the body, which is refused without it as a schema refuses. */
export function required(body: Readonly<Record<string, unknown>>, field: string): string {
  const value = body[field];
  if (typeof value === 'string') return value;
  throw new Refusal(422, 'ValidationFailure', [
    {
      code: 'invalid_type',
      expected: 'string',
      received: value === undefined ? 'undefined' : typeof value,
      path: [field],
      message: 'Required',
    },
  ]);
}

/** A boolean of the query, where only `true` and `false` are spelled right. */
export function flag(query: URLSearchParams, field: string, fallback: boolean): boolean {
  const value = query.get(field);
  if (value === null) return fallback;
  if (value === 'true' || value === 'false') return value === 'true';
  throw new Refusal(422, 'ValidationFailure', [
    {
      received: value,
      code: 'invalid_enum_value',
      options: ['true', 'false'],
      path: [field],
      message: `Invalid enum value. Expected 'true' | 'false', received '${value}'`,
    },
  ]);
}
