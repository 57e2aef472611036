import type { ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { startLittleServer } from '../../../agent/notify/little-server.ts';
import { currentOf, entriesOf, visibleFiles } from '../../../agent/render/volume.ts';
import { NONROOT } from '../../../servers/bundle-process.ts';
import { eventually } from '../../../servers/eventually.ts';
import type { OpenBaoServer } from '../../../servers/openbao.ts';
import { mountTmpfs } from '../../../servers/tmpfs.ts';
import { exit, Pod } from '../stage.ts';
import { contentOf, dataOf, filesOf, namesIn, VOLUMES } from './versions.ts';

const PATIENCE_MS = 120_000;

/** After its application was told, an agent has only its state to save. */
const SETTLE_MS = 200;
/** A call that is made as often in each rotation kills for certain; one that is not, within this time if at all. */
const SAVE_MS = 3000;

/** A call by which an agent changes files: its name and paths, without what differs from one rotation to the next. */
export interface Call {
  readonly pattern: string;
  /** Of those alike, from 1. */
  readonly nth: number;
}

/** The version that an application finds in a volume: by the names of its files, and if it opens `..data` first. */
export type Found = 'old' | 'new' | 'broken';

/** What came of a rotation during which the agent was to be killed. */
export interface Outcome {
  readonly calls: readonly Call[];
  /** How it ended, if it did. */
  readonly end: number | NodeJS.Signals | null;
  readonly found: readonly Found[];
}

interface Parts {
  readonly bao: OpenBaoServer;
  readonly pod: Pod;
  readonly secret: string;
  /** `fatal-call.c`, compiled. */
  readonly library: string;
  /** SIGKILL if there is none. */
  readonly signal?: NodeJS.Signals;
  /** Versions that the application has read when it was told. */
  readonly told: ReadonlySet<string>;
}

/** A pod whose agent is killed again and again. All its files are made of one secret, which holds its version. */
export class Victim {
  readonly #parts: Parts;
  #version = 1;
  #agent: ChildProcess;

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.#agent = this.#start();
  }

  /** @param name Of the secret; each victim has its own. */
  static async create(
    { bao, ...rest }: Pick<Parts, 'bao' | 'library' | 'signal'>,
    name: string,
    stack: AsyncDisposableStack,
  ): Promise<Victim> {
    const secret = `secret/data/ml/${name}`;
    await bao.api('POST', secret, { data: dataOf(1) });
    const pod = stack.use(await Pod.create(bao, { pollMs: 200 }));
    await mkdir(join(pod.directory, 'more'));
    for (const volume of [...VOLUMES, 'state']) stack.use(await mountTmpfs(join(pod.directory, volume)));
    const told = new Set<string>();
    const { url } = stack.use(
      await startLittleServer(
        async () => void told.add(await readFile(join(pod.directory, 'more/key'), 'utf8')),
      ),
    );
    pod.reconfigure({ files: filesOf(pod.directory, secret, url) });
    await writeFile(join(pod.directory, 'calls'), '');
    await chown(join(pod.directory, 'calls'), NONROOT, NONROOT);
    const victim = new Victim({ bao, pod, secret, told, ...rest });
    await pod.ready(PATIENCE_MS);
    return victim;
  }

  /** Changes the secret, and looks what becomes of it, once the agent was killed or all is done. */
  async rotate(fatal?: Call): Promise<Outcome> {
    const { bao, secret } = this.#parts;
    await writeFile(this.#path('calls'), '');
    if (fatal) await writeFile(this.#path('fatal-call'), `${fatal.nth}\n${fatal.pattern}`);
    this.#version += 1;
    await bao.api('POST', secret, { data: dataOf(this.#version) });
    await this.#until('a rotation or a death', () => this.#hasEnded() || this.#isTold());
    await (fatal?.nth === 1
      ? exit(this.#agent)
      : Promise.race([exit(this.#agent), sleep(fatal ? SAVE_MS : SETTLE_MS)]));
    await rm(this.#path('fatal-call'), { force: true });
    return {
      calls: callsOf(await readFile(this.#path('calls'), 'utf8')),
      end: this.#agent.exitCode ?? this.#agent.signalCode,
      found: this.#found(),
    };
  }

  /** Ends an agent that was not killed: it has counted calls that it was not to die at. */
  async end(): Promise<void> {
    this.#agent.kill('SIGKILL');
    await exit(this.#agent);
  }

  /** Starts the next agent, waits until it has told the application of the newest version, and looks what is there then. */
  async recover(): Promise<readonly Found[]> {
    this.#agent = this.#start();
    await this.#parts.pod.ready(PATIENCE_MS);
    await this.#until('an application that was told', () => this.#isTold());
    // That is noted in the state, too.
    await sleep(SETTLE_MS);
    await this.#until('nothing that is left over', () => this.#leftOver().length === 0);
    return this.#found();
  }

  /** All that its agents have logged. */
  get output(): string {
    return this.#parts.pod.output;
  }

  #start(): ChildProcess {
    const { pod, library, signal = 'SIGKILL' } = this.#parts;
    return pod.start('run', {
      LD_PRELOAD: library,
      FATAL_CALL_DIRECTORY: pod.directory,
      FATAL_CALL_SIGNAL: String(constants.signals[signal]),
      FATAL_CALL_LOG: this.#path('calls'),
    });
  }

  #found(): Found[] {
    return VOLUMES.map((volume) => {
      const path = this.#path(volume);
      const seen = [visibleFiles(path), visibleFiles(join(path, currentOf(path)))];
      const isWhole = (version: number): boolean =>
        seen.every((files) => isDeepStrictEqual(files, contentOf(volume, version)));
      if (isWhole(this.#version)) return 'new';
      return isWhole(this.#version - 1) ? 'old' : 'broken';
    });
  }

  /** What an agent that has done its work has no use for. */
  #leftOver(): readonly string[] {
    const volumes = VOLUMES.flatMap((volume) => {
      const names = entriesOf(this.#path(volume));
      const needed = namesIn(volume, this.#version);
      return names.filter((name, index) => !needed.includes(name) || names[index - 1] === name);
    });
    return [...volumes, ...readdirSync(this.#path('state')).filter((name) => name !== 'state.json')];
  }

  async #until(what: string, isSo: () => boolean): Promise<void> {
    await eventually(what, PATIENCE_MS, () => {
      return isSo() ? Promise.resolve() : Promise.reject(new Error(this.#parts.pod.output.slice(-2000)));
    });
  }

  #path(name: string): string {
    return join(this.#parts.pod.directory, name);
  }

  #hasEnded(): boolean {
    return this.#agent.exitCode !== null || this.#agent.signalCode !== null;
  }

  #isTold(): boolean {
    return this.#parts.told.has(String(this.#version));
  }
}

/** Generations are called by chance, and one directory by whose turn it is. */
const patternOf = (line: string): string =>
  line
    .replaceAll(/\.\.generation-[0-9a-f]{12}/gu, '..generation-????????????')
    .replaceAll(/turn-\d/gu, 'turn-?');

function callsOf(log: string): readonly Call[] {
  const lines = log.split('\n').filter((line) => line !== '');
  const alike = Map.groupBy(lines.map(patternOf), (pattern) => pattern);
  return [...alike].flatMap(([pattern, all]) => all.map((_, index) => ({ pattern, nth: index + 1 })));
}
