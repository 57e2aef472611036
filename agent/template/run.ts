import { refKey, type SecretRef } from '../provider/provider.ts';
import type { ValueMap } from '../value/value.ts';
import { Fault } from './error.ts';
import type { TemplateInputs } from './evaluate.ts';
import type { FunctionContext } from './functions/signature.ts';

/**
 * How much one evaluation may do: a unit is one node walked, one command run, or sixteen characters taken or made.
 * Two million are about a second of work and 32 MB of text, twice the largest volume; no template can hang the agent.
 */
const BUDGET = 2_000_000;

const STORE_TITLES = { vault: 'Vault', infisical: 'Infisical' } as const;

/** One evaluation under way: what it read, what it wrote, where it is and what it may still spend. */
export class Run implements FunctionContext {
  readonly used = new Map<string, SecretRef>();
  readonly missing = new Map<string, SecretRef>();
  readonly #inputs: TemplateInputs;
  readonly #output: string[] = [];
  #left = BUDGET;
  #offset = 0;

  constructor(inputs: TemplateInputs) {
    this.#inputs = inputs;
  }

  /** Where in the template's text the run is, in UTF-16 units. */
  get offset(): number {
    return this.#offset;
  }

  get text(): string {
    return this.#output.join('');
  }

  /** Notes the place, for errors, and that something is done there. */
  at(offset: number): void {
    this.#offset = offset;
    this.spend(1);
  }

  spend(units: number): void {
    this.#left -= units;
    if (this.#left < 0) throw new Fault('the template does too much; it was stopped');
  }

  write(text: string): void {
    this.spendText(text);
    this.#output.push(text);
  }

  spendText(text: string): void {
    this.spend(text.length / 16);
  }

  read(ref: SecretRef): ValueMap | undefined {
    if (!this.#inputs.has(ref.store))
      throw new Fault(`the agent is not configured to use ${STORE_TITLES[ref.store]}`);
    const key = refKey(ref);
    this.used.set(key, ref);
    const body = this.#inputs.secret(ref);
    if (body === undefined) this.missing.set(key, ref);
    return body;
  }

  env(name: string): string | undefined {
    return this.#inputs.env(name);
  }

  now(): Date {
    return this.#inputs.now();
  }
}
