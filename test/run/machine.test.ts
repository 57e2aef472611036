import { describe, expect, test } from 'vitest';
import { isRecentGo } from './go.ts';
import { instructions, missing } from './machine.ts';
import { humanTime, stageLine } from './stage.ts';
import { summary } from './summary.ts';

describe('what the machine lacks', () => {
  test('is each requirement of which no command and no file is there', async () => {
    const lacking = await missing([
      { anyOf: ['no-such-command', 'sh'], package: 'dash' },
      { anyOf: ['/no/such/file'], package: 'nothing' },
      { anyOf: ['/etc/passwd'], package: 'base-files' },
      { anyOf: ['no-such-command'], package: 'nowhere' },
    ]);
    expect(lacking.map((requirement) => requirement.package)).toEqual(['nothing', 'nowhere']);
  });

  test('is told with the packages to install, each once', () => {
    const text = instructions([
      { anyOf: ['dockerd'], package: 'docker.io' },
      { anyOf: ['docker', 'podman'], package: 'docker.io' },
    ]);
    expect(text).toContain('  docker or podman\n');
    expect(text).toMatch(/the packages are: docker\.io$/u);
  });
});

test.each([
  ['go version go1.26.6 linux/amd64', true],
  ['go version go1.26.10 linux/amd64', true],
  ['go version go1.27rc1 linux/amd64', true],
  ['go version go2.0 linux/amd64', true],
  ['go version go1.26.5 linux/amd64', false],
  ['go version go1.26 linux/amd64', false],
  ['go version go1.19.8 linux/amd64', false],
  ['go version go1.9 linux/amd64', false],
  ['Cannot run go', false],
])('%s: recent enough is %s', (line, expected) => {
  expect(isRecentGo(line)).toBe(expected);
});

describe('what is printed', () => {
  const done = { name: 'unit', outcome: { ok: true, passed: 3, failed: 0, report: '' }, tookMs: 90_000 };

  test('is one line for a stage that passed', () => {
    expect(stageLine(done)).toMatch(/^ok {3}unit +1\.5 min 3 passed$/u);
  });

  test('is the reason below a stage that failed', () => {
    const failed = { ...done, outcome: { ok: false, passed: 3, failed: 1, report: 'a\nb' } };
    expect(stageLine(failed)).toMatch(/^FAIL unit +1\.5 min 3 passed, 1 failed\n {4}a\n {4}b$/u);
  });

  test('is only the end of a long reason', () => {
    const report = Array.from({ length: 500 }, (_, index) => `line ${index}`).join('\n');
    const lines = stageLine({ ...done, outcome: { ...done.outcome, ok: false, report } }).split('\n');
    expect(lines.length).toBeLessThan(250);
    expect(lines.at(-1)).toBe('    line 499');
  });

  test('is seconds below a minute', () => {
    expect([humanTime(4200), humanTime(59_900), humanTime(60_000)]).toEqual(['4.2 s', '59.9 s', '1.0 min']);
  });

  test('ends with one line that sums up everything', () => {
    const lint = { name: 'lint', outcome: { ok: false, passed: 0, failed: 0, report: 'x' }, tookMs: 1000 };
    const lines = summary([done, lint], 120_000).split('\n');
    expect(lines.at(-1)).toBe('3 passed, 1 failed');
    expect(lines.some((line) => /unit +1\.5$/u.test(line))).toBe(true);
    expect(lines.some((line) => /in all +2\.0$/u.test(line))).toBe(true);
  });
});
