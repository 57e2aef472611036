import { DROP_IN, INFISICAL, NATIVE } from './families.ts';
import type { Findings } from './findings.ts';
import type { AnnotationName } from './names.ts';
import { advises, nearestKey, similarKey } from './nearest.ts';
import { type Annotations, decliningOptIns } from './request.ts';
import { parseFlag, quoted } from './values.ts';

/** Notes every annotation that is not followed: those that matter as problems, the others as warnings. */
export function noteUnfollowed(findings: Findings): void {
  noteDropIn(findings);
  noteNative(findings);
  noteInfisical(findings);
}

/** Notes the families that are left out because their own opt-in says so, if there is more of them. */
export function noteDeclined(findings: Findings, annotations: Annotations): void {
  for (const { key, family } of decliningOptIns(annotations)) {
    const others = Object.keys(annotations).filter(
      (other) => other.startsWith(family.prefix) && other !== key,
    );
    if (others.length > 0)
      findings.warn(
        key,
        `is ${quoted(annotations[key] ?? '')}, so no other ${family.prefix}… annotation is followed`,
      );
  }
}

function noteDropIn(findings: Findings): void {
  for (const key of findings.keysBelow(DROP_IN.prefix)) {
    const name = DROP_IN.find(key.slice(DROP_IN.prefix.length))?.name;
    if (name === undefined)
      findings.warn(key, `is unknown and ignored${advises(findings.warnings) ? meant(key) : ''}`);
    else if (asksForNothing(name, findings.text(key) ?? '')) continue;
    else if (name.verdict === 'warned') findings.warn(key, `is ignored: ${name.doc}`);
    else if (name.verdict === 'denied')
      findings.deny(key, `is not supported: ${name.doc}; expected ${permitted(name)}`);
  }
}

/** What a key was meant to be, where that can be told. */
function meant(key: string): string {
  const similar = similarKey(key.slice(DROP_IN.prefix.length), DROP_IN);
  return similar === undefined ? '' : `; is ${DROP_IN.prefix}${similar} meant?`;
}

const nearest = (word: string): string =>
  `, the nearest of which is ${NATIVE.prefix}${nearestKey(word, NATIVE)}`;

function noteNative(findings: Findings): void {
  for (const key of findings.keysBelow(NATIVE.prefix)) {
    const word = key.slice(NATIVE.prefix.length);
    const name = NATIVE.find(word)?.name;
    if (name === undefined)
      findings.deny(
        key,
        `is unknown; expected a known key${advises(findings.problems) ? nearest(word) : ''}`,
      );
    else if (name.verdict === 'denied' && !asksForNothing(name, findings.text(key) ?? ''))
      findings.deny(key, `is not in this release: ${name.doc}; expected ${permitted(name)}`);
  }
}

/** One pod gets one injector's agent, and it has asked for ours. */
function noteInfisical(findings: Findings): void {
  for (const key of findings.keysBelow(INFISICAL.prefix)) {
    const name = INFISICAL.find(key.slice(INFISICAL.prefix.length))?.name;
    if (name !== undefined && asksForNothing(name, findings.text(key) ?? '')) continue;
    const instead = name?.doc ?? `${NATIVE.prefix}… annotations`;
    findings.deny(key, `is for Infisical's own injector; expected ${instead}`);
  }
}

function permitted({ default: value }: AnnotationName): string {
  return value === undefined || value === '' ? 'no such annotation' : `"${value}" or no such annotation`;
}

/** True for a value that says what holds anyway, in any spelling of true and false. */
function asksForNothing(name: AnnotationName, text: string): boolean {
  if (name.default === undefined) return false;
  if (name.default !== 'true' && name.default !== 'false') return text === name.default;
  const flag = parseFlag(text);
  return 'value' in flag && String(flag.value) === name.default;
}
