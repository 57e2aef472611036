import { describe, expect, test } from 'vitest';
import { parseReport, USAGE } from '../../../cli/audit/command.ts';

const problems = (...args: readonly string[]): readonly string[] => {
  const parsed = parseReport(args);
  return parsed.ok ? [] : parsed.problems.map(({ key, message }) => `${key}: ${message}`);
};

describe('sidekey audit', () => {
  test('takes files of each kind, many of each', () => {
    const args =
      '--store-log a --store-log b --api-log - --policy-report c --policies d --objects e -f f -f g';
    expect(parseReport(['report', ...args.split(' ')])).toEqual({
      ok: true,
      value: {
        storeLogs: ['a', 'b'],
        apiLogs: ['-'],
        policyReports: ['c'],
        policies: ['d'],
        objects: ['e'],
        tenants: ['f', 'g'],
        window: { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY },
        longestSilenceMs: 900_000,
        output: 'markdown',
        sections: [],
      },
    });
  });

  test('takes a time, a silence, an output and sections', () => {
    const args =
      '--since 2026-11-25T00:00:00Z --until 2026-11-26T00:00:00+01:00 --silence 1h30m -o jsonl --section denial --section secret';
    expect(parseReport(['report', '--store-log', 'a', ...args.split(' ')])).toMatchObject({
      ok: true,
      value: {
        window: { since: Date.UTC(2026, 10, 25), until: Date.UTC(2026, 10, 25, 23) },
        longestSilenceMs: 5_400_000,
        output: 'jsonl',
        sections: ['denial', 'secret'],
      },
    });
  });

  test.each([[['--help']], [['report', '-h']]])('helps: %j', (args) => {
    expect(parseReport(args)).toEqual({ ok: true, value: 'help' });
  });

  test('says everything that is wrong at once', () => {
    const args =
      '--store-log a --since yesterday --until 2026-13-01T00:00:00Z --silence long -o xlsx --section all';
    expect(problems('report', ...args.split(' '))).toEqual([
      expect.stringContaining('--section: must be one of delivery, '),
      '--since: must be a time such as 2026-11-25T00:00:00Z',
      '--until: must be a time such as 2026-11-25T00:00:00Z',
      expect.stringContaining('--silence: must be a Go duration'),
      '-o: must be one of markdown, jsonl, csv',
    ]);
  });

  test.each<[string, readonly string[], string]>([
    ['nothing', [], 'audit: must be report'],
    ['another word', ['repotr'], 'repotr: must be report'],
    ['no file', ['report'], 'arguments: must name something to report on'],
    ['a file without a flag', ['report', '--store-log', 'a', 'b'], 'b: is one argument too many'],
    ['standard input twice', ['report', '--store-log', '-', '--api-log', '-'], '-: can be named only once'],
    ['a file twice', ['report', '--store-log', 'a', '--api-log', 'a'], 'a: is named twice'],
    [
      'an end before the beginning',
      ['report', '--store-log', 'a', '--since', '2026-11-26T00:00:00Z', '--until', '2026-11-25T00:00:00Z'],
      '--since: must not be later than --until',
    ],
    ['a flag that there is not', ['report', '--colour'], "arguments: Unknown option '--colour'"],
    [
      'two sections in one table',
      ['report', '--store-log', 'a', '-o', 'csv', '--section', 'denial', '--section', 'secret'],
      '--section: can be named once for csv',
    ],
  ])('refuses %s', (_, args, problem) => {
    expect(problems(...args)).toEqual([expect.stringContaining(problem)]);
  });

  test('names every flag in its help, and no line of that is wider than a screen', () => {
    for (const flag of [
      '--store-log',
      '--api-log',
      '--policy-report',
      '--policies',
      '--objects',
      '-f',
      '--since',
      '--until',
      '--silence',
      '-o',
      '--section',
    ])
      expect(USAGE).toContain(flag);
    expect(Math.max(...USAGE.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(140);
  });
});
