import { refKey, type SecretRef } from '../provider/provider.ts';
import { Secret } from '../secret.ts';
import type { ValueMap } from '../value/value.ts';
import { Fault } from './error.ts';
import type { TemplateInputs } from './evaluate.ts';
import type { TemplateFiles, WrittenFile } from './files.ts';
import type { FileText, FunctionContext, Functions, TemplateFunction } from './functions/signature.ts';
import { copyMap, countValues } from './go/copy.ts';
import { type GoValue, Scratch } from './go/value.ts';

/** How much may still be done: a unit is one node walked, one command run, or sixteen characters taken or made. */
export interface Budget {
  left: number;
}

/**
 * What one evaluation may do, unless less is said. Two million are about a second of work and 32 MB of text, twice the largest
 * volume; no template can hang the agent.
 */
export const newBudget = (): Budget => ({ left: 2_000_000 });

/** Templates that call templates: far beyond use; Go's own limit of 100,000 would overflow the stack here. */
const MAX_DEPTH = 100;

const STORE_TITLES = { vault: 'Vault', infisical: 'Infisical' } as const;

/** What a run has to know of the template. */
interface Language {
  readonly functions: Functions;
  readonly errorOnMissingKey: boolean;
  /** Writes a template that is defined in this one. */
  expand(run: Run, name: string, dot: GoValue): void;
}

/** One evaluation under way: what it read, what it wrote, where it is and what it may still spend. */
export class Run implements FunctionContext {
  readonly used = new Map<string, SecretRef>();
  readonly missing = new Map<string, SecretRef>();
  readonly written: WrittenFile[] = [];
  #waits = false;
  readonly #inputs: TemplateInputs;
  readonly scratch = new Scratch();
  readonly #bodies = new Map<string, ValueMap>();
  readonly #language: Language;
  #output: string[] = [];
  readonly #budget: Budget;
  #offset = 0;
  #depth = 0;

  constructor(inputs: TemplateInputs, budget: Budget, language: Language) {
    this.#inputs = inputs;
    this.#budget = budget;
    this.#language = language;
  }

  /** Whether a key that a map does not have is an error. */
  get errorOnMissingKey(): boolean {
    return this.#language.errorOnMissingKey;
  }

  functionNamed(name: string): TemplateFunction | undefined {
    return this.#language.functions.get(name);
  }

  /** Where in the template's text the run is, in UTF-16 units. */
  get offset(): number {
    return this.#offset;
  }

  /** True if a file was asked for that has yet to be made. */
  get waits(): boolean {
    return this.#waits;
  }

  get text(): string {
    return this.#output.join('');
  }

  /** Notes the place, for errors, and that something is done there. */
  at(offset: number): void {
    this.#offset = offset;
    this.spend(1);
  }

  /** Runs the body of a template that was called. */
  deeper<T>(action: () => T): T {
    if (this.#depth >= MAX_DEPTH) {
      throw new Fault(`template calls are nested more than ${MAX_DEPTH} levels deep`);
    }
    this.#depth += 1;
    const result = action();
    this.#depth -= 1;
    return result;
  }

  spend(units: number): void {
    this.#budget.left -= units;
    if (this.#budget.left < 0) throw new Fault('the template does too much; it was stopped');
  }

  write(text: string): void {
    this.spendText(text);
    this.#output.push(text);
  }

  spendText(text: string): void {
    this.spend(text.length / 16);
  }

  /** The template's own copy, for it may change what it reads. */
  read(ref: SecretRef): ValueMap | undefined {
    if (!this.#inputs.has(ref.store))
      throw new Fault(`the agent is not configured to use ${STORE_TITLES[ref.store]}`);
    const key = refKey(ref);
    this.used.set(key, ref);
    const known = this.#bodies.get(key);
    if (known !== undefined) return known;
    const body = this.#inputs.secret(ref);
    if (body === undefined) {
      this.missing.set(key, ref);
      return undefined;
    }
    this.spend(countValues(body) / 4);
    const copy = copyMap(body);
    this.#bodies.set(key, copy);
    return copy;
  }

  readFile(path: string): string | undefined {
    const text = this.#files('read').read(path);
    if (text === undefined) this.#waits = true;
    return text;
  }

  writeFile(path: string, { mode, text, appends }: FileText): void {
    const place = this.#files('written').place(path);
    this.spendText(text);
    this.written.push({ ...place, mode, content: new Secret(text), appends });
  }

  #files(done: 'read' | 'written'): TemplateFiles {
    const { files } = this.#inputs;
    if (files === undefined) throw new Fault(`no file can be ${done} here`);
    return files;
  }

  expand(name: string, dot: GoValue): string {
    const outer = this.#output;
    this.#output = [];
    try {
      this.#language.expand(this, name, dot);
      return this.text;
    } finally {
      this.#output = outer;
    }
  }

  env(name: string): string | undefined {
    return this.#inputs.env(name);
  }

  now(): Date {
    return this.#inputs.now();
  }
}
