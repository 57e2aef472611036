import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { run } from '../../../cli/explain/run.ts';
import { annotations, nativeAnnotations, podWith } from '../../injector/admission/example.ts';
import { type CapturedIo, captureIo } from '../captured-io.ts';

let root: string;

const FILES = {
  'asks.yaml': podWith(nativeAnnotations()),
  'asks-elsewhere.yaml': podWith(nativeAnnotations({ 'vault-address': 'https://other.example:8200' })),
  'denied.yaml': podWith(nativeAnnotations({ 'secret.api': 'nothing' })),
  'peers-image.yaml': podWith(annotations({ 'agent-image': 'hashicorp/vault:1.21' })),
  'own-image.yaml': podWith(nativeAnnotations({ image: 'registry.example/own-agent:2' })),
  'plain.yaml': podWith({}),
  'colourful.yaml': colourful(),
  'injector.yaml': injector({ SIDEKEY_VAULT_ADDRESS: 'https://vault.example:8200' }),
  'broken-injector.yaml': injector({ SIDEKEY_VAULT_ADDRESS: 'vault', SIDEKEY_POLL: 'often' }),
};

/** A pod with names that would write over what else is said, or say more. */
function colourful(): object {
  const says = '\u001B[2J\u009B31m\u202E\n✓ All is well';
  const pod = podWith(nativeAnnotations({ [`secret.${says}`]: says, 'vault-role': says }), {
    containers: [{ name: says, image: says, volumeMounts: [{ name: says, mountPath: says }] }],
  });
  return { ...pod, metadata: { ...(pod['metadata'] as object), name: says, namespace: says } };
}

function injector(variables: Readonly<Record<string, string>>): object {
  const all = { SIDEKEY_AGENT_IMAGE: 'registry.example/agent:1', ...variables };
  const env = Object.entries(all).map(([name, value]) => ({ name, value }));
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'sidekey-injector', namespace: 'sidekey' },
    spec: { template: { spec: { containers: [{ name: 'injector', env }] } } },
  };
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'explain-'));
  for (const [name, object] of Object.entries(FILES)) writeFileSync(join(root, name), stringify(object));
  writeFileSync(join(root, 'unreadable.txt'), 'kind: [');
});

afterAll(() => {
  rmSync(root, { recursive: true });
});

async function explained(
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly io: CapturedIo }> {
  const io = captureIo();
  const words = args.map((word) => (word in FILES || word === 'unreadable.txt' ? join(root, word) : word));
  return { code: await run(words, io), io };
}

test.each([
  [0, ['-f', 'asks.yaml']],
  [0, ['-f', 'asks-elsewhere.yaml']],
  [0, ['-f', 'plain.yaml']],
  [0, ['-f', 'asks.yaml', '-o', 'json']],
  [0, ['-f', 'asks.yaml', '-o', 'yaml']],
  [0, ['-f', 'asks.yaml', '-o', 'patch']],
  [1, ['-f', 'denied.yaml']],
  [1, ['-f', 'denied.yaml', '-o', 'json']],
  [1, ['-f', 'asks.yaml', '-f', 'denied.yaml', '-o', 'yaml']],
  [1, ['-f', 'denied.yaml', '-o', 'patch']],
  [1, ['-f', 'unreadable.txt', '-o', 'patch']],
  [1, ['-f', 'unreadable.txt', '-o', 'yaml']],
  [1, ['-f', 'asks.yaml', '-n', 'kube-system']],
  [1, ['-f', 'asks-elsewhere.yaml', '--injector', 'injector.yaml']],
  [1, ['-f', 'asks-elsewhere.yaml', '-f', 'injector.yaml']],
  [2, ['-f', 'asks.yaml', '--injector', 'broken-injector.yaml']],
  [2, ['-f', 'asks.yaml', '--injector', 'plain.yaml']],
  [2, ['-f', 'asks.yaml', '--injector', '/nowhere']],
  [2, ['-f', '/nowhere']],
  [2, []],
])('ends with %d: explain %j', async (code, args) => {
  expect((await explained(...args)).code).toBe(code);
});

test('what only the operator decides is taken from the injector, if it is known', async () => {
  const assumed = await explained('-f', 'asks.yaml');
  expect(assumed.io.printedText()).toContain(
    'Not known here: what the injector’s operator'.replace('’', "'"),
  );
  const known = await explained('-f', 'asks.yaml', '--injector', 'injector.yaml', '-o', 'yaml');
  expect(known.io.printedText()).toContain('image: registry.example/agent:1');
});

test('what another agent is called is no image that an operator would have to allow', async () => {
  const { io } = await explained('-f', 'peers-image.yaml', '-o', 'yaml');
  expect(io.printedText()).toContain('image: sidekey-agent');
  const { code, io: own } = await explained('-f', 'own-image.yaml');
  expect(code).toBe(0);
  expect(own.printedText()).toContain('is taken only if it is on the operator');
});

test('an injector whose variables are wrong is refused with all of them', async () => {
  const { io } = await explained('-f', 'asks.yaml', '--injector', 'broken-injector.yaml');
  expect(io.told()).toContain('SIDEKEY_VAULT_ADDRESS: ');
  expect(io.told()).toContain('SIDEKEY_POLL: ');
  expect(io.printedText()).toBe('');
});

test('what is not injected is told beside what is printed for programs', async () => {
  const { io } = await explained('-f', 'asks.yaml', '-f', 'denied.yaml', '-o', 'patch');
  expect(io.printedText().trimEnd().split('\n')).toHaveLength(1);
  expect(io.told()).toMatch(/^Cannot inject Pod model \(.*denied\.yaml:1\): sidekey\.dev\/secret\.api /u);
});

test('what cannot be read is told beside what is printed for programs', async () => {
  const { io } = await explained('-f', 'asks.yaml', '-f', 'unreadable.txt', '-o', 'patch');
  expect(io.printedText().trimEnd().split('\n')).toHaveLength(1);
  expect(io.told()).toMatch(/^Cannot read .*unreadable\.txt:1: This is no YAML: /u);
});

test.each(['text', 'patch', 'yaml'])(
  'nothing in a manifest writes over what is said: -o %s',
  async (output) => {
    const { io } = await explained('-f', 'colourful.yaml', '-o', output);
    const said = io.printedText() + io.told();
    expect(said).toContain('All is well');
    expect(said.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    expect(said).not.toMatch(/^✓/mu);
  },
);

test('a directory is the manifests below it', async () => {
  const { io } = await explained('-f', root, '-o', 'json');
  const { objects } = JSON.parse(io.printedText()) as { objects: { kind: string }[] };
  expect(objects.filter(({ kind }) => kind === 'Pod')).toHaveLength(Object.keys(FILES).length - 2);
});

test.each([
  [undefined, 100],
  [0, 100],
  [200, 100],
  [72, 72],
  [10, 60],
])(
  'lines are no longer than a terminal with %j columns has room for, within reason',
  async (columns, most) => {
    const io = { ...captureIo(), ...(columns !== undefined && { columns }) };
    await run(['-f', join(root, 'asks.yaml')], io);
    const broken = io
      .printedText()
      .split('\n')
      .filter((line) => line.includes(' ') && !/^ {2}[+✓]|yaml|^ {2} /u.test(line));
    expect(Math.max(...broken.map(({ length }) => length))).toBeLessThanOrEqual(most);
    expect(Math.max(...broken.map(({ length }) => length))).toBeGreaterThan(most - 20);
  },
);

test('colours are for whoever looks on, unless they are asked for', async () => {
  const escape = '\u001B[';
  expect((await explained('-f', 'asks.yaml')).io.printedText()).not.toContain(escape);
  expect((await explained('-f', 'asks.yaml', '--color')).io.printedText()).toContain(escape);
});
