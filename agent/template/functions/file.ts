import { Fault } from '../error.ts';
import { type Family, takes, takesMore } from './signature.ts';

export const FILE: Family<'file'> = {
  /** Nothing yet is an empty text. */
  file: takes(['string'], ([path], context) => (path === '' ? '' : (context.readFile(path.trim()) ?? ''))),
  writeToFile: takesMore(
    ['string', 'string', 'string', 'string'],
    'string',
    ([path, user, group, permissions, ...rest], context) => {
      const content = rest.at(-1);
      if (content === undefined) throw new Fault('expected the content as the last argument');
      checkOwner('user', user, AGENT_USERS);
      checkOwner('group', group, AGENT_GROUPS);
      const flags = rest.length === 2 ? (rest[0] ?? '') : '';
      context.writeFile(path, {
        mode: modeOf(permissions),
        text: flags.includes('newline') ? `${content}\n` : content,
        appends: flags.includes('append'),
      });
      return '';
    },
  ),
};

/** What Vault's agent runs as in its own image: whoever names that means the agent. */
const AGENT_USERS: readonly string[] = ['', 'vault', 'openbao', '100'];
const AGENT_GROUPS: readonly string[] = ['', 'vault', 'openbao', '1000'];

function checkOwner(what: 'user' | 'group', name: string, known: readonly string[]): void {
  if (!known.includes(name))
    throw new Fault(`files belong to the ${what} of the agent; expected an empty ${what} or "vault"`);
}

/** What the agent cannot read it cannot compare. */
const OWNER_MAY_READ = 0o400;

function modeOf(permissions: string): number {
  const mode = /^[0-7]{1,8}$/u.test(permissions) ? Number.parseInt(permissions, 8) : Number.NaN;
  if (!(mode <= 0o777) || (mode & OWNER_MAY_READ) === 0)
    throw new Fault('the permissions are not octal, or do not let the owner read; expected such as "0640"');
  return mode;
}
