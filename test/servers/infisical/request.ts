import type { Identities, Identity } from './identities.ts';
import type { Leases } from './leases.ts';
import type { Project, Projects } from './projects.ts';
import { Refusal } from './refusal.ts';
import type { Secrets } from './secrets.ts';
import type { Body } from './validation.ts';

/** A request as far as the API is concerned. */
export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly authorization: string | undefined;
  readonly body: Body;
}

export interface Parts {
  readonly identities: Identities;
  readonly projects: Projects;
  readonly secrets: Secrets;
  readonly leases: Leases;
  /** An old server knows only the third version of the secrets API. */
  readonly knowsV4: boolean;
  /** Dynamic secrets and events need a licence. */
  readonly licensed: boolean;
}

/** A request of an identity; `rest` is the path behind the route's prefix. Undefined if there is no such route. */
export type Route = (parts: Parts, asked: Asked, identity: Identity, rest: string) => object | undefined;

/** @throws {Refusal} If the identity is no member. */
export function admit({ projects }: Identity, project: Project): Project {
  if (projects.has(project.id)) return project;
  throw new Refusal('not_a_member');
}
