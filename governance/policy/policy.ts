import type { JsonObject } from '#contract/json.ts';

export type Severity = 'low' | 'medium' | 'high' | 'critical';
export type Operation = 'CREATE' | 'UPDATE' | 'DELETE';

/** Objects that a policy looks at, in the words of `matchConstraints.resourceRules`. */
export interface ResourceRule {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly operations: readonly Operation[];
  readonly resources: readonly string[];
}

/** A named expression: a condition for looking at an object at all, or a variable, known to those after it as `variables.<name>`. */
export interface NamedExpression {
  readonly name: string;
  readonly expression: string;
}

export interface Validation {
  /** True for what is admitted. */
  readonly expression: string;
  /** What is said if `messageExpression` is absent or fails. */
  readonly message: string;
  /** Gives what was found, what is allowed and what to write instead: one line of less than 5 KiB. */
  readonly messageExpression?: string;
}

/** A note in the API server's audit log. Nothing is noted where the text is empty. */
export interface AuditAnnotation {
  readonly key: string;
  readonly valueExpression: string;
}

export interface User {
  readonly username: string;
  readonly groups: readonly string[];
}

/** A request that a policy is shown with. */
export interface Example {
  /** What it shows, to complete "…". */
  readonly title: string;
  /** The Namespace's labels and annotations. */
  readonly namespace?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly object: JsonObject;
  /** Absent: the object is created. */
  readonly oldObject?: JsonObject;
  /** Absent: somebody who is none of the platform's. */
  readonly user?: User;
}

/**
 * One rule of the platform, whichever engine is to hold it. Its CEL is written to run unchanged in the API server (1.30 and
 * newer), in Kyverno and in `governance/cel`.
 */
export interface Policy {
  readonly name: string;
  readonly title: string;
  /** Why it is there, for the person whose pod it refuses. */
  readonly reason: string;
  readonly severity: Severity;
  /** The controls that it serves, such as `ISO 27001 A.8.2`. Our reading, which nobody has certified. */
  readonly controls: readonly string[];
  /** What to do beyond what the message says. */
  readonly advice?: string;
  /** What becomes of a request that the expressions cannot be evaluated for. */
  readonly failurePolicy: 'Fail' | 'Ignore';
  /** `cluster`: its objects are in no namespace, so that neither exemption nor enforcement is a namespace's. */
  readonly scope: 'namespaced' | 'cluster';
  /** True if the expressions ask who makes the request, which nobody does in a background scan. */
  readonly readsUser: boolean;
  readonly resources: readonly ResourceRule[];
  /** Without all of them the object is not looked at. */
  readonly conditions: readonly NamedExpression[];
  readonly variables: readonly NamedExpression[];
  /** None: the policy refuses nothing. */
  readonly validations: readonly Validation[];
  readonly auditAnnotations: readonly AuditAnnotation[];
  /** One that is allowed and, if the policy refuses anything, one that is not. */
  readonly examples: { readonly good: Example; readonly bad?: Example };
}

/** What is written into every validation: a refusal is a 403, not a malformed object. */
export const REASON = 'Forbidden';
