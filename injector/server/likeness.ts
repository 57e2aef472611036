/**
 * What the reviews of the pods of one template have in common. An API server makes up three things for each: the
 * request's `uid`, the name of the volume with the account's token, and the second in which fields were written.
 */
export interface Likeness {
  /** The review with a NUL, which JSON cannot hold, in the place of whatever was made up. */
  readonly template: string;
  readonly uid: string;
  /** All that was made up. A decision that repeats any of it but the `uid` holds for this pod alone. */
  readonly madeUp: readonly string[];
}

/** As Go writes a review: its fields in this order, without spaces. */
const BEGINNING = '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"';
const UID_LENGTH = 36;
const UID = /^[\da-f-]{36}$/u;

/** The suffix is of the letters of `k8s.io/apimachinery/pkg/util/rand`. */
const TOKEN_VOLUME = /"(?<made>kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5})"/u;
/** Of `metadata.managedFields`. Inside of a string its quotes would be escaped. */
const WRITTEN = /"time":"(?<made>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"/u;

/** What a pod has of which there may be more, instead of a name. */
export const ONE_OF_MANY = '"generateName":';

/** Undefined of a pod that has a name of its own, and of a review that no API server writes like that. */
export function likenessOf(review: string): Likeness | undefined {
  if (!review.startsWith(BEGINNING) || !review.includes(ONE_OF_MANY) || review.includes('\0'))
    return undefined;
  const end = BEGINNING.length + UID_LENGTH;
  const uid = review.slice(BEGINNING.length, end);
  if (!UID.test(uid)) return undefined;
  const madeUp = [uid];
  const blank = (text: string, pattern: RegExp, hole: string): string => {
    const [found, made] = pattern.exec(text) ?? [];
    if (found === undefined || made === undefined) return text;
    madeUp.push(made);
    return text.replaceAll(found, hole);
  };
  const template = blank(blank(review.slice(end), TOKEN_VOLUME, '"\0"'), WRITTEN, '"time":\0');
  return madeUp.some((one) => template.includes(one)) ? undefined : { template, uid, madeUp };
}
