import Counter from 'prom-client/lib/counter.js';
import Gauge from 'prom-client/lib/gauge.js';
import Histogram from 'prom-client/lib/histogram.js';
import Registry from 'prom-client/lib/registry.js';

type LabelValues = Readonly<Record<string, readonly string[]>>;

interface Described {
  readonly help: string;
  /** Every label with every value it may take, or an empty list where the values are known only at run time. */
  readonly labels?: LabelValues;
}

/** One row of a part's table of metrics; the key is the metric's name. */
export type MetricSpec =
  | (Described & { readonly type: 'counter' })
  | (Described & { readonly type: 'gauge' })
  | (Described & { readonly type: 'histogram'; readonly buckets: readonly number[] });

export type MetricTable = Readonly<Record<string, MetricSpec>>;

type Labels = Readonly<Record<string, string>>;

/** The live metrics of one table. A name of the wrong type is a compile-time error. */
export interface Metrics<T extends MetricTable> {
  increment(name: NamesOf<T, 'counter'>, labels?: Labels, by?: number): void;
  set(name: NamesOf<T, 'gauge'>, value: number, labels?: Labels): void;
  /** Forgets every series of a gauge whose labels change over time. */
  clear(name: NamesOf<T, 'gauge'>): void;
  observe(name: NamesOf<T, 'histogram'>, value: number, labels?: Labels): void;
  /** Runs before each exposition, to set gauges that depend on the time. */
  onCollect(refresh: () => void): void;
  /** The text exposition format, version 0.0.4. */
  expose(): Promise<string>;
}

type NamesOf<T extends MetricTable, Type extends MetricSpec['type']> = {
  [Name in keyof T]: T[Name]['type'] extends Type ? Name : never;
}[keyof T];

export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** All combinations of the label values that the table knows. */
function combinations(labels: LabelValues): Labels[] {
  return Object.entries(labels).reduce<Labels[]>(
    (sets, [label, values]) => sets.flatMap((set) => values.map((value) => ({ ...set, [label]: value }))),
    [{}],
  );
}

/**
 * Registers every metric of a table. Counters and histograms begin at zero for each known combination of labels, so that
 * `rate()` and alerts work from the first scrape.
 */
export function createMetrics<T extends MetricTable>(table: T): Metrics<T> {
  const registry = new Registry();
  const refreshers: (() => void)[] = [];
  const counters = new Map<keyof T, InstanceType<typeof Counter<string>>>();
  const gauges = new Map<keyof T, InstanceType<typeof Gauge<string>>>();
  const histograms = new Map<keyof T, InstanceType<typeof Histogram<string>>>();
  for (const [name, spec] of Object.entries(table)) {
    const labels = spec.labels ?? {};
    const options = { name, help: spec.help, labelNames: Object.keys(labels), registers: [registry] };
    if (spec.type === 'counter') {
      const counter = new Counter(options);
      for (const set of combinations(labels)) counter.inc(set, 0);
      counters.set(name, counter);
    } else if (spec.type === 'gauge') {
      gauges.set(name, new Gauge(options));
    } else {
      const histogram = new Histogram({ ...options, buckets: [...spec.buckets] });
      for (const set of combinations(labels)) histogram.zero(set);
      histograms.set(name, histogram);
    }
  }
  return {
    increment: (name, labels = {}, by = 1) => counters.get(name)?.inc(labels, by),
    set: (name, value, labels = {}) => gauges.get(name)?.set(labels, value),
    clear: (name) => gauges.get(name)?.reset(),
    observe: (name, value, labels = {}) => histograms.get(name)?.observe(labels, value),
    onCollect: (refresh) => {
      refreshers.push(refresh);
    },
    expose: async () => {
      for (const refresh of refreshers) refresh();
      return await registry.metrics();
    },
  };
}
