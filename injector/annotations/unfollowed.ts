import type { Findings } from './findings.ts';
import { type AnnotationName, DROP_IN_PREFIX, findName } from './names.ts';
import { isPending } from './request.ts';
import { parseFlag } from './values.ts';

/** Notes every annotation that is not followed: those that matter as problems, the others as warnings. */
export function noteUnfollowed(findings: Findings): void {
  for (const key of findings.keys().filter(isPending))
    findings.deny(key, `is not supported in this release; expected ${DROP_IN_PREFIX}… annotations`);
  for (const key of findings.dropInKeys()) {
    const name = findName(key)?.name;
    if (name === undefined) findings.warn(DROP_IN_PREFIX + key, 'is unknown and ignored');
    else if (!asksForNothing(name, findings.text(key) ?? '')) note(findings, DROP_IN_PREFIX + key, name);
  }
}

function note(findings: Findings, key: string, { verdict, doc, default: value }: AnnotationName): void {
  if (verdict === 'warned') findings.warn(key, `is ignored: ${doc}`);
  if (verdict !== 'denied') return;
  const expected =
    value === undefined || value === '' ? 'no such annotation' : `"${value}" or no such annotation`;
  findings.deny(key, `is not supported: ${doc}; expected ${expected}`);
}

/** True for a value that says what holds anyway, in any spelling of true and false. */
function asksForNothing(name: AnnotationName, text: string): boolean {
  if (name.default === undefined) return false;
  if (name.default !== 'true' && name.default !== 'false') return text === name.default;
  const flag = parseFlag(text);
  return 'value' in flag && String(flag.value) === name.default;
}
