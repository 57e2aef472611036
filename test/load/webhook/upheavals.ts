import { setTimeout as sleep } from 'node:timers/promises';
import { HOME, type InjectorStage, SECRET } from '../../integration/cluster/stage.ts';
import type { Injector } from '../../servers/injector.ts';

/** Something that happens to the webhook while it is asked. */
export interface Upheaval {
  /** Of the whole time. */
  readonly at: number;
  readonly what: string;
  readonly act: () => Promise<void>;
}

/** How long before the next a call that a killed replica had may still be told of it. */
const LATE_MS = 2000;

/** The replicas that were killed and are not back: by their port. */
export type Dead = Set<number>;

/** Each at its share of the time; each leaves one replica to be asked, as a cluster's own rules do. */
export function upheavals(stage: InjectorStage, dead: Dead): readonly Upheaval[] {
  const replaceAuthority = async (): Promise<void> => {
    await stage.cluster.kubectl(['delete', 'secret', SECRET, '-n', HOME]);
  };
  return [
    { at: 0.08, what: 'the authority is replaced', act: replaceAuthority },
    { at: 0.25, what: 'the leader is killed', act: () => killOne(stage, dead, true) },
    { at: 0.4, what: 'the API server restarts', act: () => stage.cluster.restart() },
    { at: 0.55, what: 'a replica is replaced as in a rollout', act: () => restart(stage) },
    { at: 0.65, what: 'the authority is replaced again', act: replaceAuthority },
    { at: 0.8, what: 'one that does not lead is killed', act: () => killOne(stage, dead, false) },
    { at: 0.9, what: 'the other is replaced as in a rollout', act: () => restart(stage, 1) },
  ];
}

async function killOne(stage: InjectorStage, dead: Dead, isLeader: boolean): Promise<void> {
  await stage.ready(...stage.replicas);
  const leaders = await stage.leaders();
  const [first] = stage.replicas;
  const victim = stage.replicas.find((one) => leaders.includes(one) === isLeader) ?? first;
  dead.add(victim.port);
  process.kill(victim.pid, 'SIGKILL');
  await victim.ended();
  victim.launch();
  await stage.ready(...stage.replicas);
  await sleep(LATE_MS);
  dead.delete(victim.port);
}

async function restart(stage: InjectorStage, index: 0 | 1 = 0): Promise<void> {
  await stage.ready(...stage.replicas);
  const replica: Injector = stage.replicas[index];
  await replica.stop();
  replica.launch();
  await stage.ready(replica);
}
