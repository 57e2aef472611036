import { isValueMap, type ValueMap } from '../../value/value.ts';
import { malformed, succeeded } from '../http/refusal.ts';
import type { Answer } from '../http/transport.ts';
import { refusal } from './errors.ts';

/**
 * The body of an answer. `doing` completes "Cannot …"; `missing` is what 404 means.
 *
 * @throws {ProviderError} If it is a refusal, or no object.
 */
export function bodyOf(answer: Answer, doing: string, missing: string): ValueMap {
  if (!succeeded(answer)) throw refusal(answer, doing, missing);
  if (!isValueMap(answer.body)) throw malformed(doing, 'object');
  return answer.body;
}
