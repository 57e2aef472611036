import { describeProblems, type Problem } from '#contract/problem.ts';
import type { Operation } from '../pod/patch.ts';

/** An `admission.k8s.io/v1` response. */
export interface AdmissionResponse {
  readonly uid: string;
  readonly allowed: boolean;
  readonly patchType?: 'JSONPatch';
  /** Base64. */
  readonly patch?: string;
  readonly warnings?: readonly string[];
  /** Written to the API server's audit log below the webhook's name. */
  readonly auditAnnotations?: Readonly<Record<string, string>>;
  readonly status?: { readonly code: number; readonly reason: string; readonly message: string };
}

/** What goes with any answer. */
export interface Notes {
  readonly warnings: readonly Problem[];
  readonly audit: Readonly<Record<string, string>>;
}

/** Lets the object pass as it is. */
export function allowed(uid: string, notes: Notes): AdmissionResponse {
  return { uid, allowed: true, ...noted(notes) };
}

/** Lets the object pass with changes. */
export function patched(uid: string, operations: readonly Operation[], notes: Notes): AdmissionResponse {
  if (operations.length === 0) return allowed(uid, notes);
  const patch = Buffer.from(JSON.stringify(operations)).toString('base64');
  return { uid, allowed: true, patchType: 'JSONPatch', patch, ...noted(notes) };
}

/** Refuses an object whose author has to change something. */
export function denied(uid: string, problems: readonly Problem[], notes: Notes): AdmissionResponse {
  const status = { code: 400, reason: 'BadRequest', message: explain(problems) };
  return { uid, allowed: false, status, ...noted(notes) };
}

/** Refuses an object because of a fault that is not its author's. */
export function errored(uid: string, message: string): AdmissionResponse {
  const status = { code: 500, reason: 'InternalError', message };
  return { uid, allowed: false, status, auditAnnotations: { outcome: 'errored' } };
}

/** The message ends up in events, which have little room; whoever has more problems has to look again anyway. */
const SHOWN_PROBLEMS = 50;

function explain(problems: readonly Problem[]): string {
  const shown = describeProblems(problems.slice(0, SHOWN_PROBLEMS));
  const more = problems.length - SHOWN_PROBLEMS;
  const rest = more > 0 ? `\n… and ${more} more` : '';
  return `Cannot inject the agent:${problems.length === 1 ? ' ' : '\n'}${shown}${rest}`;
}

/** The API server shows 4096 characters of warnings in all, and cuts each at 256 if they are more. */
const WARNING_CHARACTERS = 256;
const SHOWN_WARNINGS = 16;

function noted({ warnings, audit }: Notes): Pick<AdmissionResponse, 'warnings' | 'auditAnnotations'> {
  const lines = warnings.slice(0, SHOWN_WARNINGS).map(({ key, message }) => shortened(`${key}: ${message}`));
  return { ...(lines.length > 0 ? { warnings: lines } : {}), auditAnnotations: audit };
}

function shortened(line: string): string {
  return line.length > WARNING_CHARACTERS ? `${line.slice(0, WARNING_CHARACTERS - 1)}…` : line;
}
