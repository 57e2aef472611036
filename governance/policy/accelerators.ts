import { quote } from './cel.ts';
import { DEVICE_CLASS_DOMAIN, type PolicySettings } from './settings.ts';

/** The API server's own names count whatever the platform has set: they are every vendor's. */
const domains = ({ acceleratorDomains }: PolicySettings): readonly string[] => [
  ...new Set([...acceleratorDomains, DEVICE_CLASS_DOMAIN]),
];

/** What the names of accelerators match, as a text of CEL. */
export function acceleratorPattern(settings: PolicySettings): string {
  const alternatives = domains(settings).map((domain) => domain.replaceAll('.', '[.]'));
  return quote(`^(${alternatives.join('|')})/`);
}

/** Names that NVIDIA's device plugin and the implicit ones of a DeviceClass have. */
export const NVIDIA_PATTERN = quote(`^(nvidia[.]com|${DEVICE_CLASS_DOMAIN.replaceAll('.', '[.]')})/`);

const isPositive = (list: 'limits' | 'requests', container: string, name: string): string =>
  `quantity(string(${container}.?resources.?${list}[?${name}].orValue('0'))).isGreaterThan(quantity('0'))`;

/** Whether a container's limits have more than none of what matches. */
export const hasLimit = (container: string, pattern: string): string =>
  `${container}.?resources.?limits.orValue({}).exists(r, r.matches(${pattern}) && ${isPositive('limits', container, 'r')})`;

/** The names of which a container asks for more than none, by limit or request, that match; a list. */
export const requestedNames = (container: string, pattern: string): string =>
  `(${container}.?resources.?limits.orValue({}).map(r, r) + ${container}.?resources.?requests.orValue({}).map(r, r)` +
  `.filter(r, !(r in ${container}.?resources.?limits.orValue({}))))` +
  `.filter(r, r.matches(${pattern}) && (${isPositive('limits', container, 'r')} || ${isPositive('requests', container, 'r')}))`;

/** Whether some container has a device by a ResourceClaim. */
export const HAS_CLAIM = 'variables.containers.exists(c, c.?resources.?claims.orValue([]).size() > 0)';
