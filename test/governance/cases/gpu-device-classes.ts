import type { JsonObject } from '#contract/json.ts';
import type { Case, Denial } from './case.ts';
import { allows, by, creates, denies, pod, refused, updates } from './objects.ts';

const POLICY = 'sidekey-gpu-device-classes';
const OURS = 'mig-3g-40gb';
const FULL = 'gpu.nvidia.com';

interface Claimed {
  readonly kind?: 'ResourceClaim' | 'ResourceClaimTemplate';
  readonly namespace?: string;
  readonly version?: 'v1' | 'v1beta1' | 'v1beta2';
  readonly labels?: JsonObject;
  readonly name?: string;
}

/** A claim, or a template of claims, for devices. */
function claim(requests: readonly JsonObject[], about: Claimed = {}): JsonObject {
  const { kind = 'ResourceClaim', namespace = 'team-a', version = 'v1', labels, name = 'slice' } = about;
  const devices = { devices: { requests } };
  return {
    apiVersion: `resource.k8s.io/${version}`,
    kind,
    metadata: { name, namespace, ...(labels && { labels }) },
    spec: kind === 'ResourceClaim' ? devices : { spec: devices },
  };
}

/** One request for exactly one class. */
const exactly = (deviceClassName: string, more: JsonObject = {}, name = 'gpu'): JsonObject => ({
  name,
  exactly: { deviceClassName, ...more },
});

/** One request for the first class that there is a device of. */
const firstOf = (...classes: readonly string[]): JsonObject => ({
  name: 'gpu',
  firstAvailable: classes.map((deviceClassName, index) => ({ name: `choice-${index}`, deviceClassName })),
});

const template: Claimed = { kind: 'ResourceClaimTemplate' };
const admin = { adminAccess: true };

const DENIED = denies(POLICY, {
  'a claim for a whole GPU': [claim([exactly(FULL)]), /gpu\.nvidia\.com.*mig-3g-40gb/su],
  'a template of claims for a whole GPU': [claim([exactly(FULL)], template), FULL],
  'a claim whose first choice is a whole GPU': [claim([firstOf(FULL, OURS)]), FULL],
  'a claim whose last choice is a whole GPU': [claim([firstOf(OURS, FULL)]), FULL],
  'a template of claims whose last choice is a whole GPU': [claim([firstOf(OURS, FULL)], template), FULL],
  'a claim whose second request is for a whole GPU': [
    claim([exactly(OURS), exactly(FULL, {}, 'more')]),
    FULL,
  ],
  'a claim for several whole GPUs': [
    claim([exactly(FULL, { allocationMode: 'ExactCount', count: 8 })]),
    FULL,
  ],
  'a claim for all devices of a class': [claim([exactly(FULL, { allocationMode: 'All' })]), FULL],
  'a claim for a class that begins like one of the list': [
    claim([exactly(`${OURS}-shared`)]),
    `${OURS}-shared`,
  ],
  'a claim for a class that is the beginning of one of the list': [claim([exactly('mig-3g')]), 'mig-3g'],
  'a claim where nothing is on the list': [claim([exactly(OURS)], { namespace: 'plain' }), OURS],
  'a claim where the list is empty': [claim([exactly(OURS)], { namespace: 'empty' }), OURS],
  'a claim where a star is on the list': [claim([exactly(OURS)], { namespace: 'misbound' }), OURS],
  'a claim of a namespace that may have the implicit name alone': [
    claim([exactly('vfio.gpu.nvidia.com')], { namespace: 'team-b' }),
    'vfio.gpu.nvidia.com',
  ],
  'a claim for another namespace’s class': [claim([exactly('mig-2g-20gb')]), 'mig-2g-20gb'],
  'a claim for administrative access': [
    claim([exactly(OURS, admin)], { namespace: 'devices' }),
    'adminAccess',
  ],
  'a template of claims for administrative access': [
    claim([exactly(OURS, admin)], { ...template, namespace: 'devices' }),
    'adminAccess',
  ],
});

const ALLOWED = allows({
  'a claim for a class of the list': claim([exactly(OURS)]),
  'a claim for several devices of the list, which is for the quota': claim([
    exactly(OURS, { allocationMode: 'ExactCount', count: 2 }),
  ]),
  'a claim for a class of the list with a selector': claim([
    exactly(OURS, { selectors: [{ cel: { expression: 'device.driver == "gpu.nvidia.com"' } }] }),
  ]),
  'a template of claims for a class of the list': claim([exactly(OURS)], template),
  'a claim whose only choice is on the list': claim([firstOf(OURS)]),
  'a template of claims whose only choice is on the list': claim([firstOf(OURS)], template),
  'a claim for nothing': claim([], { namespace: 'plain' }),
  'a claim that says nothing of requests': { ...claim([], { namespace: 'plain' }), spec: { devices: {} } },
  'a claim that says nothing at all': { ...claim([], { namespace: 'plain' }), spec: {} },
  'a template of claims that say nothing at all': { ...claim([], template), spec: { spec: {} } },
  'a claim for a class between blanks': claim([exactly('mig-2g-20gb')], { namespace: 'untidy' }),
  'a claim without administrative access': claim([exactly(OURS, { adminAccess: false })], {
    namespace: 'devices',
  }),
  'a claim of an exempt namespace': claim([exactly(FULL)], { namespace: 'gpu-operator' }),
  'a claim of a namespace that is only audited': claim([exactly(FULL)], { namespace: 'rollout' }),
  'a pod that names a claim, which is judged by itself': pod({
    spec: { resourceClaims: [{ name: 'gpu', resourceClaimTemplateName: 'slice' }] },
    container: { resources: { claims: [{ name: 'gpu' }] } },
  }),
});

/** The scheduler makes claims for limits by implicit names, which the pod was judged by. */
const SCHEDULER: readonly Case[] = [
  {
    ...creates('a claim that the scheduler makes for a pod', claim([exactly(FULL)])),
    user: { username: 'system:kube-scheduler', groups: ['system:authenticated'] },
  },
  {
    ...creates('a claim of one who is called like the scheduler', claim([exactly(FULL)]), by(POLICY)(FULL)),
    user: { username: 'kube-scheduler', groups: ['system:kube-scheduler', 'system:authenticated'] },
  },
];

/** What a claim asks for cannot change, and who is done with one has to be able to say so. */
const UPDATES: readonly Case[] = [
  updates('a claim that was there before may be labelled', [
    claim([exactly(FULL)], { name: 'kept' }),
    claim([exactly(FULL)], { name: 'kept', labels: { tier: 'gold' } }),
  ]),
  updates('a claim of the list may be labelled', [
    claim([exactly(OURS)], { name: 'ours' }),
    claim([exactly(OURS)], { name: 'ours', labels: { tier: 'gold' } }),
  ]),
];

const denial: Denial = by(POLICY)(FULL);

/** How requests were written before they said how exactly. */
const FORMER = [
  ...refused('the resource.k8s.io betas are served where they are switched on', [
    creates(
      'a claim of the first beta for a whole GPU',
      claim([{ name: 'gpu', deviceClassName: FULL }], { version: 'v1beta1' }),
      denial,
    ),
    creates(
      'a template of claims of the first beta',
      claim([{ name: 'gpu', deviceClassName: FULL }], { ...template, version: 'v1beta1' }),
      denial,
    ),
    creates(
      'a claim of the first beta for a class of the list',
      claim([{ name: 'gpu', deviceClassName: OURS }], { version: 'v1beta1' }),
    ),
    creates(
      'a claim of the first beta for administrative access',
      claim([{ name: 'gpu', deviceClassName: OURS, ...admin }], { version: 'v1beta1', namespace: 'devices' }),
      by(POLICY)('adminAccess'),
    ),
    creates(
      'a claim of the second beta for a whole GPU',
      claim([exactly(FULL)], { version: 'v1beta2' }),
      denial,
    ),
  ]),
  ...refused(
    'administrative access needs a label of the namespace',
    denies(POLICY, {
      'administrative access where no label allows it': [claim([exactly(OURS, admin)]), 'adminAccess'],
    }),
  ),
];

export const GPU_DEVICE_CLASSES: readonly Case[] = [
  ...DENIED,
  ...ALLOWED,
  ...SCHEDULER,
  ...UPDATES,
  ...FORMER,
];
