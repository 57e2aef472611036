import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { AGENT_METRICS } from '../../agent/metrics.ts';
import { SYNC_METRICS } from '../../agent/sync/metrics.ts';
import { INJECTOR_METRICS } from '../../injector/metrics.ts';
import { createMetrics, type MetricSpec, type MetricTable } from '../../platform/metrics.ts';

/** What Prometheus's own tool finds wrong with an exposition, be it its form or the names in it. */
function faultsOf(exposition: string): string {
  const { status, stdout, stderr, error } = spawnSync('promtool', ['check', 'metrics'], {
    input: exposition,
    encoding: 'utf8',
  });
  if (error) throw error;
  return status === 0 ? '' : `${stdout}${stderr}`;
}

interface Expectation {
  readonly table: MetricTable;
  readonly names: RegExp;
  /** A sidecar is multiplied by every pod; of the others there are a few in a cluster. */
  readonly most: number;
}

const PARTS: readonly (readonly [string, Expectation])[] = [
  ['agent', { table: AGENT_METRICS, names: /^sidekey_agent_/u, most: 60 }],
  ['sync', { table: SYNC_METRICS, names: /^sidekey_(?:sync|agent_store)_/u, most: 100 }],
  ['injector', { table: INJECTOR_METRICS, names: /^sidekey_injector_/u, most: 100 }],
];

/** One metric with one series, though its labels be known only at run time. */
async function expose(name: string, spec: MetricSpec): Promise<string> {
  const labels = Object.fromEntries(
    Object.entries(spec.labels ?? {}).map(([label, [value = 'any "text"\n\\']]) => [label, value]),
  );
  if (spec.type === 'gauge') {
    const metrics = createMetrics({ [name]: spec });
    metrics.set(name, 1.5e9, labels);
    return await metrics.expose();
  }
  return await createMetrics({ [name]: spec }).expose();
}

describe.each(PARTS)('the metrics of the %s', (part, { table, names, most }) => {
  test('are read by Prometheus without a remark, with a series of each', async () => {
    const parts = await Promise.all(Object.entries(table).map(([name, spec]) => expose(name, spec)));
    expect(faultsOf(parts.join(''))).toBe('');
  });

  test(`carry the name of the ${part} and are few`, async () => {
    const lines = (await createMetrics(table).expose()).split('\n');
    const series = lines.filter((line) => line !== '' && !line.startsWith('#'));
    for (const line of series) expect(line).toMatch(names);
    expect(series.length).toBeLessThan(most);
  });
});

test('the tool finds faults where there are some', () => {
  expect(faultsOf('# HELP a A\n# TYPE a gauge\na{b="c} 1\n')).not.toBe('');
  expect(faultsOf('# HELP a_count A\n# TYPE a_count counter\na_count 1\n')).not.toBe('');
});
