import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../../servers/eventually.ts';
import { writeVolume } from '../../../servers/kubelet-volume.ts';
import { type OpenBaoServer, startOpenBao } from '../../../servers/openbao.ts';
import { furnish } from '../stage.ts';
import { mountAuthority, type StoreAuthority } from './authorities.ts';
import { TRUST_FAULTS } from './rows/trust.ts';
import { expectContent, expectTold, expectUnharmed, PATIENCE_MS, TEST, Trial } from './trial.ts';

let bao: OpenBaoServer;
let old: StoreAuthority;
let other: StoreAuthority;

beforeAll(async () => {
  bao = await startOpenBao();
  await furnish(bao);
  [old, other] = await Promise.all([mountAuthority(bao.api, 'old'), mountAuthority(bao.api, 'other')]);
});

afterAll(() => bao.stop());

/** An agent whose authority is in a volume as the kubelet makes them. */
async function open(caPem?: string): Promise<Trial> {
  const trial = await Trial.open(bao, {
    certificate: await old.issue(),
    vault: (directory) => ({ caFile: join(directory, 'ca/ca.crt') }),
  });
  if (caPem !== undefined) await trust(trial, caPem);
  trial.start();
  return trial;
}

const trust = ({ pod }: Trial, caPem: string): Promise<void> =>
  writeVolume(join(pod.directory, 'ca'), { 'ca.crt': caPem });

async function begin(caPem: string): Promise<Trial> {
  const trial = await open(caPem);
  await trial.ready();
  return trial;
}

const isCurrent = ({ pod }: Trial): Promise<number> =>
  pod.metric('sidekey_agent_authority_current{store="vault"}');

async function expectCurrent(trial: Trial, value: number): Promise<void> {
  await eventually(`an authority that is current: ${value}`, PATIENCE_MS, async () =>
    expect(await isCurrent(trial)).toBe(value),
  );
}

describe.concurrent('the certificate of the store', TEST, () => {
  test(`when ${TRUST_FAULTS.leaf.fault}, nothing is noticed`, async () => {
    await using trial = await begin(old.caPem);
    trial.front.present(await old.issue());
    trial.proxy.cut();
    await trial.write('after');
    await expectContent(trial, 'after');
    expectUnharmed(trial, ['before', 'after']);
    expect(trial.pod.output).not.toContain(TRUST_FAULTS.stranger.log);
  });

  test(`when ${TRUST_FAULTS.stranger.fault}, it is refused, until that one is in the file`, async () => {
    await using trial = await begin(old.caPem);
    trial.front.present(await other.issue());
    trial.proxy.cut();
    await expectTold(trial, TRUST_FAULTS.stranger);
    await trial.write('after');
    expectUnharmed(trial, ['before']);
    await trust(trial, old.caPem + other.caPem);
    await expectContent(trial, 'after');
    expectUnharmed(trial, ['before', 'after']);
  });

  test(`when ${TRUST_FAULTS.stranger.fault} from the start, the agent waits until that one is in the file`, async () => {
    await using trial = await open(other.caPem);
    await expectTold(trial, TRUST_FAULTS.stranger);
    expect((await trial.pod.get('/readyz')).body).toContain(TRUST_FAULTS.stranger.log);
    await trust(trial, old.caPem);
    await expectContent(trial, 'before');
    expectUnharmed(trial, ['before']);
  });
});

describe.concurrent('the file that says whom to trust', TEST, () => {
  test(`when ${TRUST_FAULTS.rotated.fault}, each counts at once, and no request fails`, async () => {
    await using trial = await begin(old.caPem);
    await trust(trial, old.caPem + other.caPem);
    await expectTold(trial, TRUST_FAULTS.rotated);
    trial.front.present(await other.issue());
    trial.proxy.cut();
    await trial.write('between');
    await expectContent(trial, 'between');
    await trust(trial, other.caPem);
    await trial.write('after');
    await expectContent(trial, 'after');
    expectUnharmed(trial, ['before', 'between', 'after']);
    expect(trial.pod.output).not.toContain(TRUST_FAULTS.stranger.log);
  });

  test('when an authority is taken out of it, that one is trusted no more', async () => {
    await using trial = await begin(old.caPem);
    await trust(trial, other.caPem);
    await expectTold(trial, TRUST_FAULTS.rotated);
    trial.proxy.cut();
    await expectTold(trial, TRUST_FAULTS.stranger);
    expectUnharmed(trial, ['before']);
  });

  test.each([
    ['is empty', (trial: Trial) => trust(trial, '')],
    ['is broken', (trial: Trial) => trust(trial, old.caPem.slice(0, 200))],
    ['is gone', ({ pod }: Trial) => rm(join(pod.directory, 'ca/ca.crt'))],
  ])('when it %s, the last good one counts, and that is told', async (_, spoil) => {
    await using trial = await begin(old.caPem);
    await expectCurrent(trial, 1);
    await spoil(trial);
    await expectTold(trial, TRUST_FAULTS.unusable);
    await expectCurrent(trial, 0);
    trial.proxy.cut();
    await trial.write('after');
    await expectContent(trial, 'after');
    expectUnharmed(trial, ['before', 'after']);
    await trust(trial, old.caPem);
    await expectCurrent(trial, 1);
  });

  test(`when ${TRUST_FAULTS.missing.fault}, nobody is asked until it is`, async () => {
    await using trial = await open();
    await expectTold(trial, TRUST_FAULTS.missing);
    expect(trial.front.asked).toEqual([]);
    await trust(trial, old.caPem);
    await expectContent(trial, 'before');
    expectUnharmed(trial, ['before']);
  });
});
