import { describe, expect, test } from 'vitest';
import { createCsv } from '../../../governance/audit/format/csv.ts';
import { JSON_LINES } from '../../../governance/audit/format/jsonl.ts';
import { createMarkdown, type MarkdownOptions } from '../../../governance/audit/format/markdown.ts';
import { SECTION_NAMES, type Section, SECTIONS } from '../../../governance/audit/row.ts';
import { shownName, shownPath } from '../../../governance/audit/shown.ts';

describe('JSON Lines', () => {
  test('have an object on each line, in the order of the columns, without what is not known', () => {
    const cells = { version: 2, time: '2026-11-25T12:00:00Z', tenant: undefined };
    expect(JSON_LINES.row('delivery', cells)).toBe(
      '{"section":"delivery","time":"2026-11-25T12:00:00Z","version":2}\n',
    );
  });
});

describe('CSV', () => {
  const csv = createCsv('integrity');
  const cell = (what: string): string => csv.row('integrity', { what }).slice(6);

  test('of all sections has one more column, which says of which a row is', () => {
    const all = createCsv(undefined);
    const columns = all.begin().trimEnd().split(',');
    expect(columns[0]).toBe('section');
    expect(new Set(columns)).toEqual(
      new Set(['section', ...SECTION_NAMES.flatMap((name): readonly string[] => SECTIONS[name].columns)]),
    );
    expect(all.row('secret', { path: 'a', holders: 0 }).split(',')).toHaveLength(columns.length);
  });

  test('of one section has that section’s columns', () => {
    expect(csv.begin()).toBe('kind,log,from,to,count,source,what\r\n');
    expect(csv.row('integrity', { kind: 'lines', count: 3, what: 'x' })).toBe('lines,,,,3,,x\r\n');
  });

  test.each([
    ['plain', 'plain'],
    ['with, a comma', '"with, a comma"'],
    ['a "quote"', '"a ""quote"""'],
    ['two\nlines', '"two\nlines"'],
  ])('quotes as RFC 4180 has it: %j', (text, written) => {
    expect(cell(text)).toBe(`${written}\r\n`);
  });

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '＝1', '=HYPERLINK("http://x")'])(
    'lets no spreadsheet compute what a client wrote: %j',
    (text) => {
      expect(cell(text).replace(/^"/u, '').startsWith("'")).toBe(true);
    },
  );

  test('leaves numbers as they are', () => {
    expect(csv.row('integrity', { count: -1 })).toBe(',,,,-1,,\r\n');
  });
});

describe('Markdown', () => {
  const BARE = { sections: ['integrity'], unknown: new Set<Section>(), head: [] } satisfies MarkdownOptions;

  const written = (what: string): string => {
    const markdown = createMarkdown({ ...BARE, head: ['From here'] });
    markdown.row('integrity', { kind: 'lines', what });
    return markdown.end();
  };

  test('has a head, how much there is of each section, and the section', () => {
    expect(written('x')).toBe(
      [
        '# Audit report',
        '- From here',
        '|  | rows |\n| --- | --- |\n| Integrity | 1 |',
        `## Integrity\n\n${SECTIONS.integrity.says}`,
        '| kind | what |\n| --- | --- |\n| lines | x |\n',
      ].join('\n\n'),
    );
  });

  test.each([
    ['a | b', String.raw`a \| b`],
    ['`code`', '\\`code\\`'],
    ['<script>', '&lt;script>'],
    ['a\nb', 'a b'],
    ['[x](http://y)', String.raw`\[x\](http://y)`],
    ['*b* _i_ ~s~', String.raw`\*b\* \_i\_ \~s\~`],
    ['&lt;', '&amp;lt;'],
    ['\\|', String.raw`\\\|`],
  ])('makes nothing of what a client wrote: %j', (text, shown) => {
    expect(written(text)).toContain(`| lines | ${shown} |\n`);
  });

  test('shows fifty rows of a section, and says of how many', () => {
    const markdown = createMarkdown(BARE);
    for (let index = 0; index < 60; index += 1) markdown.row('integrity', { what: `row ${index}` });
    const text = markdown.end();
    expect(text).toContain('| row 49 |');
    expect(text).not.toContain('| row 50 |');
    expect(text).toContain('These are 50 of 60');
  });

  test('says where there is nothing, and where nothing is known', () => {
    const text = createMarkdown({ ...BARE, sections: SECTION_NAMES, unknown: new Set(['policy']) }).end();
    expect(text.match(/^None\.$/gmu)).toHaveLength(SECTION_NAMES.length - 1);
    expect(text).toContain('| Policies in force | not known |');
    expect(text.match(/^Not known: /gmu)).toHaveLength(1);
  });

  test('leaves out what nobody reads', () => {
    const markdown = createMarkdown({ ...BARE, sections: ['delivery'] });
    markdown.row('delivery', { time: '2026-11-25T12:00:00.123456789Z', requestId: 'r', mount: 'secret/' });
    expect(markdown.end()).toContain('| time |\n| --- |\n| 2026-11-25T12:00:00Z |\n');
  });
});

describe('names', () => {
  test.each([
    ['inference-1', 'inference-1'],
    ['a\u0000b\u202Ec\nd', 'a b c d'],
    [' x ', 'x'],
    ['', undefined],
    ['\n', undefined],
    [7, undefined],
    [null, undefined],
    [`hmac-sha256:${'0a'.repeat(32)}`, '[hidden]'],
    ['x hvs.CAESIJ1234567890 y', 'x [hidden] y'],
    ['auth/token/lookup/s.1234567890abcdefghijklmn', 'auth/token/lookup/[hidden]'],
    ['eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln', '[hidden]'],
    ['a.s.short', 'a.s.short'],
  ])('%j is shown as %j', (value, shown) => {
    expect(shownName(value)).toBe(shown);
  });

  test('that go on for ever are cut', () => {
    expect(shownName('x'.repeat(100_000))).toBe(`${'x'.repeat(253)}…`);
  });

  test('of paths have no query', () => {
    expect(shownPath('secret/data/a?version=1')).toBe('secret/data/a');
    expect(shownPath('secret/data/a#x')).toBe('secret/data/a');
  });
});
