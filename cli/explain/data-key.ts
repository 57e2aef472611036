import { isObject, type Json, type JsonObject } from '#contract/json.ts';
import { PLACEHOLDER, STATUS_KEYS } from '#contract/secret-sync.ts';
import { isPlaceholder } from '../../agent/sync/decide/live-secret.ts';
import { textAnnotations } from './namespace.ts';

/** A key of a Secret as its manifest has it; what it holds never leaves this form. */
export interface DataKey {
  readonly key: string;
  readonly field: 'data' | 'stringData';
  /**
   * - `open`: there only to be filled
   * - `misplaced`: `<auto-managed>` below `data`, where everything has to be base64
   * - `given`: a value that `sidekey.dev/managed-keys` hands over to the sync
   * - `own`: a value of the user's
   */
  readonly holds: 'open' | 'misplaced' | 'given' | 'own';
  /** As the API server would show it, base64; of what is no base64, and of a `misplaced` one, as if it were meant well. */
  readonly encoded: string;
}

/** The keys of a Secret, sorted; one in `stringData` hides the same in `data`, as for the API server. */
export function dataKeysOf(secret: JsonObject): readonly DataKey[] {
  const managed = (textAnnotations(secret)[STATUS_KEYS.managedKeys] ?? '').split(',');
  const keys = new Map<string, DataKey>();
  for (const field of ['data', 'stringData'] as const) {
    const values = secret[field];
    for (const [key, value] of Object.entries(isObject(values) ? values : {})) {
      const one = read(key, field, value);
      keys.set(key, one.holds === 'own' && managed.includes(key) ? { ...one, holds: 'given' } : one);
    }
  }
  return [...keys.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

const OPEN = Buffer.from(PLACEHOLDER).toString('base64');

function read(key: string, field: DataKey['field'], value: Json): DataKey {
  if (value === null) return { key, field, holds: 'open', encoded: '' };
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (field === 'data' && text === PLACEHOLDER) return { key, field, holds: 'misplaced', encoded: OPEN };
  const encoded =
    field === 'data' && isBase64(text) ? text.replace(/[\r\n]/gu, '') : Buffer.from(text).toString('base64');
  return { key, field, holds: isPlaceholder(encoded) ? 'open' : 'own', encoded };
}

/** As Go reads it: padded, and line breaks count for nothing. */
export const isBase64 = (text: string): boolean =>
  /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/u.test(text.replace(/[\r\n]/gu, ''));

const NOTHING = Buffer.from('{}').toString('base64');

/** True for what may be shown: a placeholder, or the empty object that stands for one where there has to be JSON. */
export const isShown = ({ holds, encoded }: DataKey): boolean =>
  holds === 'open' || holds === 'misplaced' || encoded === NOTHING;
