const REDACTED = '[redacted]';

/** A field of such a name is not shown wherever it stands, though nothing is meant to log one. In lower case. */
const CENSORED: ReadonlySet<string> = new Set([
  'authorization',
  'body',
  'client_token',
  'cookie',
  'data',
  'jwt',
  'password',
  'secret',
  'secret_id',
  'token',
  'value',
  'x-vault-token',
]);

/** Deep enough for anything that is worth a log line; ends what refers to itself. */
const DEEPEST = 6;

/** A copy of an object's fields that may be shown to anybody. */
export function censorFields(fields: object): Record<string, unknown> {
  return copy(fields, 0);
}

/**
 * A copy of a value that may be shown to anybody: without fields of telling names, without bytes, and of an error only
 * its words and code, for clients hang whole requests and answers on theirs.
 */
function censor(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return REDACTED;
  if (depth > DEEPEST) return '[too deep]';
  if (Array.isArray(value)) return value.map((item) => censor(item, depth + 1));
  if (value instanceof Error) return describe(value, depth);
  return 'toJSON' in value ? value : copy(value, depth);
}

function copy(fields: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      CENSORED.has(name.toLowerCase()) ? REDACTED : censor(value, depth + 1),
    ]),
  );
}

function describe(error: Error, depth: number): Record<string, unknown> {
  const { name, message, stack, cause } = error;
  return {
    type: name,
    message,
    ...('code' in error ? { code: error.code } : {}),
    stack,
    ...(cause === undefined ? {} : { cause: censor(cause, depth + 1) }),
  };
}
