import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '#contract/json.ts';
import { builtOnce } from './built-once.ts';

const MODULE = fileURLToPath(new URL('../cluster/cel', import.meta.url));
const GO_BUILD = ['go', 'build', '-mod=readonly', '-trimpath', '-buildvcs=false', '-ldflags', '-s -w', '-o'];

/** What the API server's own library of CEL is asked; see `test/cluster/cel/main.go`. */
export interface CelQuestion {
  /** ValidatingAdmissionPolicies. */
  readonly policies?: readonly JsonObject[];
  readonly namespaces?: readonly JsonObject[];
  /** AdmissionRequests. */
  readonly requests?: readonly JsonObject[];
  readonly expressions?: readonly { readonly expression: string; readonly object?: JsonObject }[];
  /** The version of the API server that the policies are to compile on. */
  readonly oldest?: string;
}

/** What a request cost a policy, in the units of the API server. */
export interface CelCost {
  readonly uid: string;
  readonly policy: string;
  readonly validations: number;
  readonly messages: number;
  readonly conditions: number;
  readonly annotations: number;
}

export interface CelAnswer {
  readonly limits: { readonly expression: number; readonly policy: number; readonly conditions: number };
  readonly costs: readonly CelCost[];
  /** In the order of the expressions; what an expression gives, or why it gives nothing. */
  readonly values: readonly { readonly value?: unknown; readonly error?: string }[];
  readonly problems: readonly {
    readonly policy: string;
    readonly expression: string;
    readonly error: string;
  }[];
}

/**
 * A program with the code that the API server evaluates policies with. Built the first time: seconds after the test
 * cluster, a minute from empty caches, 21 MB.
 *
 * @throws {Error} If the build fails.
 */
export async function celBinary(): Promise<string> {
  const directory = await builtOnce({
    what: "the API server's CEL",
    name: 'cel',
    root: MODULE,
    sources: (await readdir(MODULE)).toSorted(),
    command: (target) => ({
      words: [...GO_BUILD, join(target, 'cel'), '.'],
      environment: { CGO_ENABLED: '0', GOTOOLCHAIN: 'local' },
    }),
  });
  return join(directory, 'cel');
}

/** @throws {Error} If an expression of a policy cannot be evaluated for a request. */
export async function askCel(question: CelQuestion): Promise<CelAnswer> {
  const child = spawn(await celBinary(), [], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(JSON.stringify(question));
  const [output, complaint] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (output === '') throw new Error(`Cannot ask the API server's CEL: ${complaint.trim()}`);
  return JSON.parse(output) as CelAnswer;
}
