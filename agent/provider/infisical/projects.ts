import type { Secret } from '../../secret.ts';
import { stringAt } from '../../value/value.ts';
import { ProviderError } from '../errors.ts';
import { malformed } from '../http/refusal.ts';
import { bodyOf } from './answer.ts';
import type { Client } from './client.ts';
import { isProjectId } from './place.ts';
import { Recent } from './recent.ts';

/** The ids of projects that are named by their slugs. */
export interface Projects {
  idOf(project: string, token: Secret<string>, signal: AbortSignal): Promise<string>;
  /** The id may be another by now: a project can be deleted and made anew under the same slug. */
  forget(project: string): void;
}

/** Looks a slug up once, however many secrets of the project are read at the same time. */
export function createProjects(client: Client, now: () => number): Projects {
  const ids = new Recent<string>(now);
  const pending = new Map<string, Promise<string>>();

  async function find(slug: string, token: Secret<string>, signal: AbortSignal): Promise<string> {
    const path = `/api/v1/projects/slug/${encodeURIComponent(slug)}`;
    const answer = await client({ method: 'GET', path, token }, signal);
    const doing = `find the project ${slug}`;
    const id = stringAt(bodyOf(answer, doing, `there is no project with the slug "${slug}"`), 'id');
    if (!id) throw malformed(doing, 'id');
    ids.set(slug, id);
    return id;
  }

  return {
    async idOf(project, token, signal) {
      const known = isProjectId(project) ? project : ids.get(project);
      if (known !== undefined) return known;
      const first = pending.get(project);
      if (first)
        return await first.catch((error: unknown) => {
          if (error instanceof ProviderError) throw error;
          // Whoever began was called off; that is no reason to give up.
          return find(project, token, signal);
        });
      const own = find(project, token, signal).finally(() => pending.delete(project));
      pending.set(project, own);
      return await own;
    },
    forget: (project) => ids.delete(project),
  };
}
