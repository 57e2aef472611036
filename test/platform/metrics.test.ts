import { describe, expect, test } from 'vitest';
import { createMetrics, EXPOSITION_TYPE, type MetricTable } from '../../platform/metrics.ts';

const TABLE = {
  t_requests_total: {
    type: 'counter',
    help: 'Requests',
    labels: { operation: ['read', 'renew'], result: ['ok', 'error'] },
  },
  t_restarts_total: { type: 'counter', help: 'Restarts' },
  t_events_total: { type: 'counter', help: 'Events of kinds known at run time', labels: { kind: [] } },
  t_ready: { type: 'gauge', help: 'Ready' },
  t_file_age: { type: 'gauge', help: 'Age by file', labels: { file: [] } },
  t_seconds: { type: 'histogram', help: 'Duration', buckets: [0.1, 1], labels: { operation: ['read'] } },
} as const satisfies MetricTable;

/** The samples of an exposition, without its comments. */
async function samples(metrics: { expose(): Promise<string> }): Promise<string[]> {
  const lines = (await metrics.expose()).split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#'));
}

test('what is known beforehand is exposed from the first scrape, at zero', async () => {
  expect(await samples(createMetrics(TABLE))).toEqual([
    't_requests_total{operation="read",result="ok"} 0',
    't_requests_total{operation="read",result="error"} 0',
    't_requests_total{operation="renew",result="ok"} 0',
    't_requests_total{operation="renew",result="error"} 0',
    't_restarts_total 0',
    't_ready 0',
    't_seconds_bucket{le="0.1",operation="read"} 0',
    't_seconds_bucket{le="1",operation="read"} 0',
    't_seconds_bucket{le="+Inf",operation="read"} 0',
    't_seconds_sum{operation="read"} 0',
    't_seconds_count{operation="read"} 0',
  ]);
});

test('every metric has its help and type, even without a series', async () => {
  const text = await createMetrics(TABLE).expose();
  for (const [name, { type, help }] of Object.entries(TABLE))
    expect(text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`);
});

describe('what happens is counted', () => {
  test('by a counter, one or many at a time', async () => {
    const metrics = createMetrics(TABLE);
    metrics.increment('t_requests_total', { operation: 'read', result: 'ok' });
    metrics.increment('t_requests_total', { operation: 'read', result: 'ok' }, 4);
    metrics.increment('t_restarts_total');
    metrics.increment('t_events_total', { kind: 'new' });
    expect(await samples(metrics)).toEqual(
      expect.arrayContaining([
        't_requests_total{operation="read",result="ok"} 5',
        't_requests_total{operation="read",result="error"} 0',
        't_restarts_total 1',
        't_events_total{kind="new"} 1',
      ]),
    );
  });

  test('by a gauge, which forgets its series when told', async () => {
    const metrics = createMetrics(TABLE);
    metrics.set('t_ready', 1);
    metrics.set('t_file_age', 7, { file: 'api "key"\n' });
    metrics.set('t_file_age', 8, { file: 'other' });
    const before = await samples(metrics);
    expect(before).toContain('t_ready 1');
    expect(before).toContain(String.raw`t_file_age{file="api \"key\"\n"} 7`);
    metrics.clear('t_file_age');
    metrics.set('t_file_age', 9, { file: 'other' });
    const after = await samples(metrics);
    expect(after.filter((line) => line.startsWith('t_file_age'))).toEqual(['t_file_age{file="other"} 9']);
  });

  test('by a histogram', async () => {
    const metrics = createMetrics(TABLE);
    metrics.observe('t_seconds', 0.5, { operation: 'read' });
    expect((await samples(metrics)).filter((line) => line.startsWith('t_seconds'))).toEqual([
      't_seconds_bucket{le="0.1",operation="read"} 0',
      't_seconds_bucket{le="1",operation="read"} 1',
      't_seconds_bucket{le="+Inf",operation="read"} 1',
      't_seconds_sum{operation="read"} 0.5',
      't_seconds_count{operation="read"} 1',
    ]);
  });
});

test('what depends on the time is set anew at each scrape', async () => {
  const metrics = createMetrics(TABLE);
  let age = 0;
  metrics.onCollect(() => metrics.set('t_ready', (age += 1)));
  expect(await samples(metrics)).toContain('t_ready 1');
  expect(await samples(metrics)).toContain('t_ready 2');
});

test('two sets of metrics do not know each other', async () => {
  const [one, other] = [createMetrics(TABLE), createMetrics(TABLE)];
  one.set('t_ready', 1);
  expect(await samples(other)).toContain('t_ready 0');
});

test('a label that the table does not have is refused', () => {
  expect(() => createMetrics(TABLE).set('t_ready', 1, { path: 'x' })).toThrow('path');
});

test('the exposition is of the format that Prometheus is told', () => {
  expect(EXPOSITION_TYPE).toBe('text/plain; version=0.0.4; charset=utf-8');
});
