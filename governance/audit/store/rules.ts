import { textIn } from '#contract/json.ts';
import type { Exchange } from './exchange.ts';

/** What decides who may do what at a store, and what keeps the log. */
const RULES =
  /^(?:sys\/(?:policies|policy|audit|auth|mounts|remount|namespaces|plugins|config|raw|generate-root|rekey|rotate|seal|step-down|quotas|leases\/revoke-(?:prefix|force))(?:\/|$)|auth\/.+\/(?:role|roles|config|users|groups|map)(?:\/|$)|auth\/token\/(?:create|roles)|identity\/(?:entity|entity-alias|group|group-alias)(?:\/|$))/u;

const CHANGES = new Set(['create', 'update', 'patch', 'delete']);

/** True if the request changed the rules of the store. */
export const isRule = ({ operation, request, error }: Exchange): boolean =>
  error === '' && CHANGES.has(operation) && RULES.test(textIn(request, 'path'));
