import { isArray, isObject, type Json, type JsonObject } from '#contract/json.ts';
import { parseQuantity } from '#contract/quantity.ts';

/** What the API server can read somewhere. Of anything else it says only that it cannot decode the pod. */
interface Form {
  readonly says: string;
  fits(value: Json): boolean;
}

const OBJECT: Form = { says: 'an object', fits: isObject };
const TEXT: Form = { says: 'a text', fits: (value) => typeof value === 'string' };
const FLAG: Form = { says: 'true or false', fits: (value) => typeof value === 'boolean' };
const WHOLE: Form = {
  says: 'a whole number from 0 up',
  fits: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
};
const QUANTITY: Form = { says: 'a quantity', fits: isAmount };

function isAmount(value: Json): boolean {
  const isQuantity = typeof value === 'string' || typeof value === 'number';
  return isQuantity && (parseQuantity(String(value)) ?? -1n) >= 0n;
}

/** The items of a list, and the values of an object, in a path. */
const ITEMS = '[]';
const VALUES = '*';

/** What a patch can reach without breaking an invariant: the rest has to be as it was. */
const FORMS: readonly (readonly [path: string, form: Form])[] = [
  ['env.[]', OBJECT],
  ['env.[].name', TEXT],
  ['env.[].value', TEXT],
  ['env.[].valueFrom', OBJECT],
  ['envFrom.[]', OBJECT],
  ['imagePullPolicy', TEXT],
  ['lifecycle', OBJECT],
  ['livenessProbe', OBJECT],
  ['ports.[]', OBJECT],
  ['ports.[].containerPort', WHOLE],
  ['readinessProbe', OBJECT],
  ['resizePolicy.[]', OBJECT],
  ['resources', OBJECT],
  ['resources.claims.[]', OBJECT],
  ['resources.limits', OBJECT],
  ['resources.limits.*', QUANTITY],
  ['resources.requests', OBJECT],
  ['resources.requests.*', QUANTITY],
  ['securityContext.appArmorProfile', OBJECT],
  ['securityContext.capabilities.add.[]', TEXT],
  ['securityContext.capabilities.drop.[]', TEXT],
  ['securityContext.runAsGroup', WHOLE],
  ['securityContext.runAsUser', WHOLE],
  ['securityContext.seLinuxOptions', OBJECT],
  ['securityContext.windowsOptions', OBJECT],
  ['stdin', FLAG],
  ['stdinOnce', FLAG],
  ['terminationMessagePolicy', TEXT],
  ['tty', FLAG],
  ['volumeDevices.[]', OBJECT],
  ['volumeMounts.[]', OBJECT],
  ['volumeMounts.[].mountPath', TEXT],
  ['volumeMounts.[].name', TEXT],
  ['volumeMounts.[].readOnly', FLAG],
  ['volumeMounts.[].subPath', TEXT],
  ['workingDir', TEXT],
];

/** The parts of a container that are of another form than they have to be, each with that form. */
export function misshapenParts(container: JsonObject): readonly string[] {
  return FORMS.filter(([path, form]) => isMisfit(container, path.split('.'), form)).map(
    ([path, { says }]) => `${path.replaceAll(`.${ITEMS}`, ITEMS)} something else than ${says}`,
  );
}

/** What is null is not there. */
function isMisfit(value: Json | undefined, [step, ...rest]: readonly string[], form: Form): boolean {
  if (value === undefined || value === null) return false;
  if (step === undefined) return !form.fits(value);
  if (step === ITEMS) return !isArray(value) || value.some((item) => isMisfit(item, rest, form));
  if (!isObject(value)) return false;
  if (step === VALUES) return Object.values(value).some((one) => isMisfit(one, rest, form));
  return isMisfit(value[step], rest, form);
}
