import { describe, expect, it } from 'vitest';
import type { Reload } from '#contract/reload.ts';
import { parseAnnotations, type ReadAnnotations } from '../../../injector/annotations/parse.ts';
import { annotations, nativeAnnotations, SETTINGS } from '../admission/example.ts';

const dropIn = (keys: Readonly<Record<string, string>>): ReadAnnotations =>
  parseAnnotations(annotations(keys), SETTINGS);

const reloadOf = ({ injection, problems }: ReadAnnotations): Reload | undefined => {
  expect(problems).toEqual([]);
  return injection.files[0]?.reload;
};

const problemKeys = ({ problems }: ReadAnnotations): readonly string[] =>
  problems.map(({ key }) => key.slice(key.indexOf('/') + 1));

describe('the command of a file of the drop-in family', () => {
  const command = (text: string): ReadAnnotations => dropIn({ 'agent-inject-command-api': text });

  it.each([
    ['kill -HUP nginx', 'SIGHUP', 'nginx'],
    ['kill -SIGHUP nginx', 'SIGHUP', 'nginx'],
    ['/bin/kill -1 nginx', 'SIGHUP', 'nginx'],
    ['kill -s USR1 "my server"', 'SIGUSR1', 'my server'],
    ['kill -s SIGWINCH /usr/sbin/nginx', 'SIGWINCH', 'nginx'],
    ['kill -12 nginx', 'SIGUSR2', 'nginx'],
  ])('is a signal to a process of a name: %s', (text, signal, name) => {
    expect(reloadOf(command(text))).toMatchObject({ kind: 'signal', signal, to: { name } });
  });

  it.each([
    'kill nginx',
    'kill -TERM nginx',
    'kill -9 nginx',
    'kill -HUP 1',
    'kill -HUP -1',
    'kill -HUP',
    'kill -HUP a b',
    'kill -s HUP',
    'kill -HUP ""',
    'kill -- nginx',
    '/bin/bash /x.sh',
    'touch',
    'touch relative',
    'touch /etc/passwd',
    'touch /vault/secrets',
    'touch /vault/secrets/../a',
    'touch /vault/secrets/..data/a',
    'touch -a /vault/secrets/a',
    'a; b',
    'a\u0007',
    '""',
  ])('is refused with what to write: %s', (text) => {
    const { problems } = command(text);
    expect(problems.map(({ key }) => key)).toEqual(['vault.hashicorp.com/agent-inject-command-api']);
    expect(problems[0]?.message).toMatch(/; expected (?:"kill -HUP <name>"|"touch <path>"|a command that)/u);
  });

  it.each([
    ['sh -c "kill -HUP $(pidof vault-agent)"', 'kill -HUP vault-agent'],
    ["/bin/sh -c 'kill -HUP $(pgrep nginx) || true'", 'kill -HUP nginx'],
    ['kill -1 `pidof -s /usr/sbin/nginx`', 'kill -HUP nginx'],
    ['kill -s USR1 $(cat /var/run/my-app.pid)', 'kill -USR1 my-app'],
    ['kill -SIGUSR2 $(</run/haproxy.pid)', 'kill -USR2 haproxy'],
    ['pkill -HUP tritonserver', 'kill -HUP tritonserver'],
    ['pkill --signal=USR1 -x vllm', 'kill -USR1 vllm'],
    ['pkill --signal SIGHUP vllm', 'kill -HUP vllm'],
    ['kill -HUP $(pidof nginx)', 'kill -HUP nginx'],
    ['sh -c "kill -HUP nginx"', 'kill -HUP nginx'],
    ['kill HUP nginx', 'kill -HUP nginx'],
    ['killall -s HUP nginx', 'kill -HUP nginx'],
    ['sudo pkill -WINCH nginx', 'kill -WINCH nginx'],
    ['nginx -s reload', 'kill -HUP nginx'],
    ['sh -c "nginx -t && nginx -s reload"', 'kill -HUP nginx'],
    ['/usr/sbin/nginx -s reopen', 'kill -USR1 nginx'],
    ['apachectl -k graceful', 'kill -USR1 apache2'],
    ['httpd -k graceful', 'kill -USR1 httpd'],
  ])('is a signal in other words, refused or warned of with what to write: %s', (text, kill) => {
    const { problems, warnings } = command(text);
    const messages = [...problems, ...warnings].map(({ message }) => message);
    expect(messages).toEqual([expect.stringContaining(`; expected "${kill}", which the agent does itself`)]);
    expect(reloadOf(command(kill))).toMatchObject({ kind: 'signal' });
  });

  it.each([
    ['curl localhost:8000/reload', 'http:GET http://localhost:8000/reload'],
    ['curl -X POST localhost:8000/reload', 'http:POST http://localhost:8000/reload'],
    ['curl -sS -XPUT http://127.0.0.1/-/reload', 'http:PUT http://127.0.0.1/-/reload'],
    ['sh -c "curl -f --request DELETE http://[::1]:1/a?b=c"', 'http:DELETE http://[::1]:1/a?b=c'],
    [`/bin/sh -c 'curl -d "{}" 127.0.0.1:8000/x || true'`, 'http:POST http://127.0.0.1:8000/x'],
    [
      'wget -qO- --post-data= http://localhost:8000/v2/repository/models/a/load',
      'http:POST http://localhost:8000/v2/repository/models/a/load',
    ],
    ['wget --method=POST http://localhost/x', 'http:POST http://localhost/x'],
    ['timeout 5 http POST localhost:1/x', 'http:POST http://localhost:1/x'],
  ])('is a request in other words, refused or warned of with what to write: %s', (text, call) => {
    const { problems, warnings } = command(text);
    const messages = [...problems, ...warnings].map(({ message }) => message);
    expect(messages).toEqual([expect.stringContaining(`; expected sidekey.dev/reload.api: "${call}"`)]);
    // The API server may cut a longer warning.
    for (const { key, message } of warnings) expect(`${key}: ${message}`.length).toBeLessThanOrEqual(256);
    expect(reloadOf(parseAnnotations(nativeAnnotations({ 'reload.api': call }), SETTINGS))).toMatchObject({
      kind: 'http',
    });
  });

  it.each([
    'pkill -HUP -f "python serve.py"',
    'kill $(pidof nginx)',
    'kill -TERM $(pidof nginx)',
    'sh -c "kill -9 $(pgrep -f vllm)"',
    'systemctl reload nginx',
    'service nginx reload',
    'supervisorctl signal HUP vllm',
    'sh -c /scripts/reload.sh',
    'sh -c "curl -X POST https://localhost:8000/reload"',
    'sh -c "curl -X POST http://10.0.0.1/reload"',
  ])('is refused with the signals that there are, where it cannot be told what is meant: %s', (text) => {
    const { problems } = command(text);
    expect(problems.map(({ key }) => key)).toEqual(['vault.hashicorp.com/agent-inject-command-api']);
    expect(problems[0]?.message).toMatch(/"kill -HUP <name>".*SIGHUP, SIGUSR1, SIGUSR2 or SIGWINCH/u);
  });

  it('is touch, below the directory of the files alone', () => {
    expect(reloadOf(command('touch /vault/secrets/changed /vault/secrets/a/b'))).toMatchObject({
      kind: 'command',
      words: ['touch', '/vault/secrets/changed', '/vault/secrets/a/b'],
    });
    const keys = { 'agent-inject-command-api': 'touch /keys/a', 'secret-volume-path': '/keys' };
    expect(reloadOf(dropIn(keys))).toMatchObject({ words: ['touch', '/keys/a'] });
    expect(command('touch /vault/secrets/a').warnings).toEqual([]);
  });

  it('is any other program with its words, and a warning that it may not be there', () => {
    const found = command(`/opt/tell --to 'a  b'`);
    expect(reloadOf(found)).toMatchObject({ kind: 'command', words: ['/opt/tell', '--to', 'a  b'] });
    expect(found.warnings.map(({ key }) => key)).toEqual(['vault.hashicorp.com/agent-inject-command-api']);
    expect(found.warnings[0]?.message).toContain('no shell');
  });

  it('is none if it is blank, as with the Vault Agent Injector', () => {
    expect(reloadOf(command(' '))).toBeUndefined();
    expect(dropIn({ 'agent-inject-command-nothing': '' }).problems).toEqual([]);
  });

  it.each([
    ['chmod 0440 /vault/secrets/api', 0o440],
    ['/bin/chmod 600 /vault/secrets/api\n', 0o600],
  ])('is the mode of the file if it is %j', (text, mode) => {
    const { injection, problems, warnings } = dropIn({
      'agent-inject-command-api': text,
      'agent-inject-perms-api': '0644',
    });
    expect([problems, warnings]).toEqual([[], []]);
    expect(injection.files).toMatchObject([
      { mode, modeKey: 'vault.hashicorp.com/agent-inject-command-api' },
    ]);
    expect(injection.files[0]).not.toHaveProperty('reload');
  });

  it.each([
    'chmod u+r /vault/secrets/api',
    'chmod 0440 /vault/secrets/other',
    'chmod 0440 /vault/secrets/api /x',
  ])('is a program like any other if it is %j', (text) => {
    expect(reloadOf(command(text))).toMatchObject({ kind: 'command' });
  });

  it('belongs to a file, and to one that changes', () => {
    const other = dropIn({ 'agent-inject-command-other': 'kill -HUP nginx' });
    expect(problemKeys(other)).toEqual([]);
    expect(other.warnings.map(({ key }) => key)).toEqual(['vault.hashicorp.com/agent-inject-command-other']);
    const once = { 'agent-pre-populate-only': 'true', 'agent-inject-command-api': 'kill -HUP nginx' };
    expect(problemKeys(dropIn(once))).toEqual(['agent-inject-command-api']);
  });
});
