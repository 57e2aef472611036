import { DEVICE_CLASS_DOMAIN, NVIDIA_DOMAIN } from '#contract/accelerators.ts';
import { cel, flattened, quote } from './cel.ts';
import type { NamedExpression } from './policy.ts';
import type { PolicySettings } from './settings.ts';

/** What the names of accelerators match, as a text of CEL. The API server's own domain counts whatever the platform has set. */
export function acceleratorPattern({ acceleratorDomains }: PolicySettings): string {
  return patternOf([...new Set([...acceleratorDomains, DEVICE_CLASS_DOMAIN])]);
}

/** Names that NVIDIA's device plugin has, and the implicit ones of a DeviceClass. */
export const NVIDIA_PATTERN = patternOf([NVIDIA_DOMAIN, DEVICE_CLASS_DOMAIN]);

function patternOf(domains: readonly string[]): string {
  return quote(`^(${domains.map((domain) => domain.replaceAll('.', '[.]')).join('|')})/`);
}

/** More than none of a resource, whether its number is an integer or a text. */
const isSome = (list: string, name: string): string =>
  `quantity(string(${list}[?${name}].orValue('0'))).isGreaterThan(quantity('0'))`;

/** Whether some container has a limit of more than none of what matches. */
export const someLimit = (pattern: string): string => cel`
  variables.containers.exists(c, c.?resources.?limits.orValue({}).exists(r,
    r.matches(${pattern}) && ${isSome('c.resources.limits', 'r')}))
`;

/** Whether some container has a device by a ResourceClaim. */
export const SOME_CLAIM = 'variables.containers.exists(c, c.?resources.?claims.orValue([]).size() > 0)';

/** What stands between a container and the name of a resource in entries of `requested`. */
const BETWEEN = ' -> ';

/** The name of the resource in an entry of `requested`. */
export const resourceIn = (entry: string): string => `${entry}.split(${quote(BETWEEN)})[1]`;

/** What the containers ask for more than none of, by limit or request: `<container> -> <name>`. */
export const requested = (pattern: string): NamedExpression => ({
  name: 'requested',
  expression: flattened(cel`
    variables.containers.map(c,
      (c.?resources.?limits.orValue({}).map(r, r) +
        c.?resources.?requests.orValue({}).map(r, r).filter(r, !(r in c.?resources.?limits.orValue({}))))
      .filter(r, r.matches(${pattern}) &&
        (${isSome('c.?resources.?limits', 'r')} ||
         ${isSome('c.?resources.?requests', 'r')}))
      .map(r, c.name + ${quote(BETWEEN)} + r).join('\n'))
  `),
});
