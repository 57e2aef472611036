import { type Parsed, parsed, type Problem, rejected } from '#contract/problem.ts';
import type { Document } from '../../governance/audit/inputs/document.ts';
import { INPUT_NAMES, type InputName } from '../../governance/audit/missing.ts';
import { describePlace } from '../../governance/place.ts';
import type { Tenancy } from '../../governance/tenant/platform.ts';
import { readTree } from '../files.ts';
import { readTenancy } from '../tenant/read.ts';
import type { ReportCommand } from './command.ts';
import { readDocuments } from './documents.ts';
import { firstTime, openLog, type OpenLog } from './lines.ts';

/** Everything that a report is made of: what is small is read, the logs are open. */
export interface Inputs {
  /** The oldest first. */
  readonly storeLogs: readonly OpenLog[];
  readonly apiLogs: readonly OpenLog[];
  readonly documents: readonly Document[];
  readonly tenancy: Tenancy | undefined;
  readonly named: ReadonlySet<InputName>;
}

/** Opens all files before anything is printed, so that no report is begun that cannot be finished. */
export async function openInputs(command: ReportCommand): Promise<Parsed<Inputs>> {
  const { apiLogs, objects, policies, policyReports, storeLogs, tenants } = command;
  const documents = readDocuments([...policyReports, ...policies, ...objects]);
  const tenancy = readTenants(tenants);
  const store = await openLogs(storeLogs);
  const api = await openLogs(apiLogs);
  if (documents.ok && tenancy.ok && store.ok && api.ok)
    return parsed({
      storeLogs: store.value,
      apiLogs: api.value,
      documents: documents.value,
      tenancy: tenancy.value,
      named: namedIn(command),
    });
  return rejected([documents, tenancy, store, api].flatMap((one) => (one.ok ? [] : one.problems)));
}

function namedIn(command: ReportCommand): ReadonlySet<InputName> {
  const files: Readonly<Record<InputName, readonly string[]>> = {
    store: command.storeLogs,
    api: command.apiLogs,
    reports: command.policyReports,
    policies: command.policies,
    tenants: command.tenants,
    objects: command.objects,
  };
  return new Set(INPUT_NAMES.filter((name) => files[name].length > 0));
}

function readTenants(files: readonly string[]): Parsed<Tenancy | undefined> {
  if (files.length === 0) return parsed(undefined);
  const inputs = readTree(files);
  if (!inputs.ok) return inputs;
  const read = readTenancy(inputs.value);
  if (read.ok) return parsed(read.value);
  const problems = read.problems.map(({ place, subject, message }): Problem => {
    return { key: describePlace(place), message: `${subject} ${message}`.trim() };
  });
  return rejected(problems);
}

/** A log that was rotated is read in the order in which it was written, however its files are called. */
async function openLogs(names: readonly string[]): Promise<Parsed<readonly OpenLog[]>> {
  const opened = await Promise.all(names.map(openLog));
  const problems = opened.flatMap((one) => (one.ok ? [] : one.problems));
  if (problems.length > 0) return rejected(problems);
  const logs = opened.flatMap((one) => (one.ok ? [one.value] : []));
  return parsed(logs.toSorted((one, other) => beginningOf(one) - beginningOf(other)));
}

const beginningOf = (log: OpenLog): number => firstTime(log) ?? Number.MAX_VALUE;
