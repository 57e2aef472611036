import type { ChildProcess } from 'node:child_process';
import { type LittleServer, startLittleServer } from '../agent/notify/little-server.ts';
import { type Login, logIn } from '../servers/database-login.ts';
import { exit, Pod } from '../integration/agent/stage.ts';
import { FILE_OF, parseFile, TEMPLATES, type Whole } from './files.ts';
import { ROTATED, type RotatedKind, type Trouble } from './record.ts';
import { repeat } from './repeat.ts';
import type { World } from './world.ts';

export const POLL_MS = 1000;

/** Of one request, which the agents give up after it; faults go on for so long. */
export const REQUEST_MS = 2000;

const LOOK_MS = 25;
const CONNECT_MS = 250;
const PROBE_MS = 1000;
/** A busy machine starts a process slowly. */
const START_MS = 60_000;

/** A pod of the soak: its agent and its application, which watches all that it is given. */
export class Subject implements AsyncDisposable {
  readonly name: string;
  readonly troubles: Trouble[] = [];
  /** How often each kind changed. */
  readonly rotations: Record<RotatedKind, number> = { 'KV v2': 0, 'KV v1': 0, database: 0, PKI: 0 };
  looks = 0;
  connects = 0;
  readonly #pod: Pod;
  readonly #world: World;
  readonly #now: () => number;
  readonly #server: LittleServer;
  readonly #held = new Map<RotatedKind, Whole & { readonly text: string }>();
  /** What the application that is told uses until it is told of another. */
  #adopted: Login | undefined;
  #agent: ChildProcess | undefined;
  /** True while the agent may be away. */
  #away = false;
  #kills = 0;

  private constructor(name: string, pod: Pod, world: World, [now, server]: [() => number, LittleServer]) {
    this.name = name;
    this.#pod = pod;
    this.#world = world;
    this.#now = now;
    this.#server = server;
  }

  /** Starts the agent and waits until it is ready. */
  static async start(
    name: string,
    world: World,
    now: () => number,
    revokeOnShutdown: boolean,
  ): Promise<Subject> {
    const heard: { by?: Subject } = {};
    const server = await startLittleServer(() => heard.by?.adopt());
    const address = `http://127.0.0.1:${world.network.port}`;
    const vault = { timeoutMs: REQUEST_MS };
    const pod = await Pod.create(
      { address },
      { templates: TEMPLATES, pollMs: POLL_MS, revokeOnShutdown, vault },
    );
    const success = [{ from: 200, to: 299 }];
    const told = { kind: 'http', method: 'POST', url: server.url, headers: [], success } as const;
    const reload = { ...told, deadlineMs: START_MS };
    pod.reconfigure({ files: pod.config.files.map((file) => ({ ...file, reload })) });
    const subject = new Subject(name, pod, world, [now, server]);
    heard.by = subject;
    subject.#launch();
    await pod.ready(START_MS);
    await subject.adopt();
    return subject;
  }

  get pid(): number {
    return this.#agent?.pid ?? 0;
  }

  /** How often the application was told of a change, or was asked to listen. */
  get told(): number {
    return this.#server.heard.length;
  }

  /** What a file held when it was last looked at. */
  mark(kind: RotatedKind): string | undefined {
    return this.#held.get(kind)?.mark;
  }

  /** The application refuses so often to be told. */
  refuse(times: number): void {
    this.#server.behave(...Array.from({ length: times }, () => 503), 200);
  }

  /** Kills the agent, and starts it again as the kubelet does. */
  async kill(): Promise<void> {
    this.#away = true;
    this.#kills += 1;
    this.#agent?.kill('SIGKILL');
    if (this.#agent) await exit(this.#agent);
    this.#launch();
    await this.#pod.ready(START_MS);
    this.#away = false;
  }

  /** Ends the agent, and gives how it ended. */
  async end(): Promise<number | NodeJS.Signals | null> {
    this.#away = true;
    this.#agent?.kill('SIGTERM');
    return this.#agent ? await exit(this.#agent) : null;
  }

  /** What an application does until it is asked to stop: reads its files, uses its credentials, is asked whether it is ready. */
  async live(stop: AbortSignal): Promise<void> {
    await Promise.all([
      repeat(LOOK_MS, stop, () => this.#look()),
      repeat(CONNECT_MS, stop, () => this.#connect('file', () => this.#inFile())),
      repeat(CONNECT_MS, stop, () => this.#connect('application', () => Promise.resolve(this.#adopted))),
      repeat(PROBE_MS, stop, () => this.#probe()),
    ]);
  }

  /** Takes over what is in the file, as an application does that is told. */
  async adopt(): Promise<void> {
    this.#adopted = await this.#inFile();
  }

  #launch(): void {
    const agent = this.#pod.start('run');
    this.#agent = agent;
    agent.once('exit', (code, signal) => {
      if (!this.#away) this.#note('process', `the agent ended by itself (${code ?? signal})`);
    });
  }

  async #inFile(): Promise<Login | undefined> {
    return parseFile('database', await this.#pod.read(FILE_OF.database)).login;
  }

  #note(kind: Trouble['kind'], what: string): void {
    this.troubles.push({ pod: this.name, at: this.#now(), kind, what });
  }

  async #look(): Promise<void> {
    for (const kind of ROTATED)
      await this.#lookAt(kind).catch((error: unknown) =>
        this.#note('file', `${FILE_OF[kind]}: ${error instanceof Error ? error.message : 'no error'}`),
      );
    this.looks += 1;
  }

  async #lookAt(kind: RotatedKind): Promise<void> {
    const text = await this.#pod.read(FILE_OF[kind]);
    const before = this.#held.get(kind);
    if (before?.text !== text) {
      const whole = parseFile(kind, text);
      this.#held.set(kind, { ...whole, text });
      if (before) this.rotations[kind] += 1;
    }
    const endsAt = this.#held.get(kind)?.endsAt ?? Number.POSITIVE_INFINITY;
    if (Date.now() > endsAt) this.#note('certificate', 'the certificate in the file has ended');
  }

  async #connect(who: string, ask: () => Promise<Login | undefined>): Promise<void> {
    const login = await ask().catch(() => undefined);
    if (login === undefined) return;
    try {
      await logIn(this.#world.postgres, login);
      this.connects += 1;
    } catch (error) {
      const why = error instanceof Error ? error.message : 'no error';
      this.#note('login', `the ${who}'s ${login.username} was refused: ${why}`);
    }
  }

  async #probe(): Promise<void> {
    if (this.#away) return;
    const kills = this.#kills;
    const answers = [await this.#ask('/readyz'), await this.#ask('/healthz'), await this.#ask('/metrics')];
    const bad = answers.filter((answer) => answer !== 200);
    if (bad.length > 0 && kills === this.#kills && !this.#away)
      this.#note('readiness', `a probe was answered ${bad.join(', ')}`);
  }

  async #ask(path: '/readyz' | '/healthz' | '/metrics'): Promise<number | string> {
    return this.#pod.get(path).then(
      ({ status }) => status,
      () => 'by nobody',
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#away = true;
    await this.#pod[Symbol.asyncDispose]();
    await this.#server[Symbol.asyncDispose]();
  }
}
