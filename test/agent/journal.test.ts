import { describe, expect, test } from 'vitest';
import { createLog } from '#platform/log.ts';
import { keepJournal } from '../../agent/journal.ts';
import type { Event } from '../../agent/schedule/state.ts';
import { Secret } from '../../agent/secret.ts';
import { failure, HOUR, leased, rendered, Scene } from './schedule/scene.ts';
import { sessionWith } from './schedule/simulation.ts';

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** What is logged when an event happens to the agent of a scene. */
function told(scene: Scene, event: Event, level: 'info' | 'debug' = 'info'): Line[] {
  const lines: Line[] = [];
  const log = createLog(level, 'agent', { write: (text) => lines.push(JSON.parse(text) as Line) });
  const before = scene.state;
  scene.happen(event);
  keepJournal(log)({ before, event, after: scene.state, now: scene.now });
  return lines;
}

const failed = (scene: Scene, name: string, code: Parameters<typeof failure>[0]): Event => ({
  type: 'failed',
  action: scene.action(name),
  failure: failure(code),
});

describe('the log', () => {
  test('tells of a login, and never its token', () => {
    const event = {
      type: 'logged_in',
      store: 'vault',
      session: sessionWith('canary', leased(HOUR)),
    } as const;
    const lines = told(new Scene(), event);
    expect(lines).toMatchObject([{ level: 'info', msg: 'Logged in', store: 'vault', ttl_seconds: 3600 }]);
    expect(JSON.stringify(lines)).not.toContain('canary');
  });

  test('warns of an odd secret once for each answer', () => {
    const scene = new Scene().miss('a').login();
    const value = new Secret(new Map([['data', 'canary']]));
    const reading = { value, lifetime: { kind: 'polled' }, warnings: ['two of one name'] } as const;
    const event: Event = { type: 'read', key: [...scene.state.secrets.keys()][0] ?? '', session: 1, reading };
    const odd = { level: 'warn', msg: 'Odd secret', path: 'a', warning: 'two of one name' };
    expect(told(scene, event)).toMatchObject([odd]);
    expect(told(scene.happen(event), event)).toEqual([]);
  });

  test('tells of a read only when asked for detail, and never the value', () => {
    const value = new Secret(new Map([['data', 'canary']]));
    const event = (scene: Scene): Event => ({
      type: 'read',
      key: [...scene.state.secrets.keys()][0] ?? '',
      session: 1,
      reading: { value, lifetime: { kind: 'polled' } },
    });
    const scene = new Scene().miss('a').login();
    expect(told(scene, event(scene))).toEqual([]);
    const lines = told(scene, event(scene), 'debug');
    expect(lines).toMatchObject([{ level: 'debug', msg: 'Read', path: 'a' }]);
    expect(JSON.stringify(lines)).not.toContain('canary');
  });

  test('tells of renewals by the path of the secret', () => {
    const scene = rendered(leased(HOUR)).wait(HOUR / 2);
    const renewal = { type: 'renewed', leaseId: 'lease-1', lifetime: leased(HOUR) } as const;
    expect(told(scene, renewal)).toMatchObject([{ msg: 'Renewed a lease', path: 'a', ttl_seconds: 3600 }]);
    const token = { type: 'token_renewed', session: 1, lifetime: leased(HOUR) } as const;
    expect(told(scene, token)).toMatchObject([{ msg: 'Renewed the session' }]);
  });

  test('tells the first render from a rotation, and nothing of a commit without a change', () => {
    const scene = new Scene().miss('a').login().read('a');
    const commit = (changed: string[]): Event => ({
      type: 'rendered',
      revision: scene.state.revision,
      files: [{ name: 'file', used: [...scene.state.secrets.keys()], content: new Secret('canary') }],
      missing: [],
      changed,
    });
    expect(told(scene, commit(['file']))).toMatchObject([
      { msg: 'Rendered the first complete set', changed: ['file'] },
    ]);
    expect(told(scene, commit(['file']))).toMatchObject([{ msg: 'Rotated', changed: ['file'] }]);
    expect(told(scene, commit([]))).toEqual([]);
  });

  test('tells of a failure what, why and when it is tried again', () => {
    const scene = new Scene().miss('a').login();
    expect(told(scene, failed(scene, 'read a through 1', 'timeout'))).toMatchObject([
      {
        level: 'warn',
        action: 'read',
        path: 'a',
        code: 'timeout',
        reason: 'Cannot: timeout',
        retry_in_seconds: 0.188,
      },
    ]);
  });

  test('calls what waiting cannot mend an error as long as the files are not rendered', () => {
    const scene = new Scene().miss('a').login();
    expect(told(scene, failed(scene, 'read a through 1', 'forbidden'))).toMatchObject([{ level: 'error' }]);
    scene
      .wait(HOUR / 4)
      .read('a')
      .render()
      .wait(HOUR / 4);
    expect(told(scene, failed(scene, 'read a through 1', 'forbidden'))).toMatchObject([{ level: 'warn' }]);
  });

  test('names the file whose template fails', () => {
    const files = [{ name: 'file', used: [], failure: failure('template') }];
    const lines = told(new Scene(), { type: 'rendered', revision: 0, files, missing: [] });
    expect(lines).toMatchObject([{ msg: 'Cannot render a file', file: 'file', reason: 'Cannot: template' }]);
  });
});
