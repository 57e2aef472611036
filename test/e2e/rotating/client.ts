import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { ClusterNode } from '../../servers/node.ts';
import type { Line, Question } from './asking.ts';
import type { Answer } from './server.ts';

const PROGRAM = fileURLToPath(new URL('asking.ts', import.meta.url));

/** A client on the cluster's network that asks all servers of a pod all the time, and what it has seen so far. */
export class Client {
  /** Every request that was not answered as it should be. */
  readonly failed: string[] = [];
  /** By server, how often it was asked; known in the end. */
  readonly asked = new Map<string, number>();
  readonly #seen = new Map<string, (Answer & { readonly serial: string })[]>();
  readonly #input: Writable;
  readonly #ended: Promise<unknown>;

  constructor(node: ClusterNode, question: Question) {
    const [file, ...args] = node.enter([process.execPath, PROGRAM, JSON.stringify(question)]);
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface(child.stdout).on('line', (line) => this.#note(JSON.parse(line) as Line));
    this.#input = child.stdin;
    this.#ended = new Promise((resolve) => child.once('close', resolve));
  }

  #note(line: Line): void {
    if ('failed' in line) this.failed.push(`${line.how}: ${line.failed}`);
    else if ('asked' in line) this.asked.set(line.how, line.asked);
    else this.#seen.set(line.how, [...this.seen(line.how), { ...line.seen, serial: line.serial }]);
  }

  /** The answers of a server, each that was other than the one before. */
  seen(how: string): readonly (Answer & { readonly serial: string })[] {
    return this.#seen.get(how) ?? [];
  }

  /** How many there were of something in the answers of a server. */
  different(how: string, what: keyof Answer | 'serial'): number {
    return new Set(this.seen(how).map((answer) => answer[what])).size;
  }

  async stop(): Promise<void> {
    this.#input.end();
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
