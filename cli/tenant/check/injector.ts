import { annotationsIn } from '#contract/json.ts';
import type { Inject } from '../../../governance/check/injection.ts';
import type { Platform } from '../../../governance/tenant/platform.ts';
import { review } from '../../../injector/admission/handler.ts';
import type { Settings } from '../../../injector/admission/settings.ts';
import { dropIn, native, OPENBAO } from '../../../injector/annotations/families.ts';
import { parseAnnotations } from '../../../injector/annotations/parse.ts';

/** The injector that a platform is likely to have. Which addresses its operator allows is not known here, and not judged. */
export function injectorOf(platform: Platform): Inject {
  return (pod, namespace) => {
    const settings = settingsFor(platform, annotationsIn(pod));
    const verdict = review(
      { uid: '', operation: 'CREATE', resource: 'v1/pods', namespace, object: pod },
      settings,
    );
    if (verdict.outcome !== 'injected') return verdict;
    const { injection } = parseAnnotations(annotationsIn(pod), settings);
    return { outcome: 'injected', pod: verdict.pod, warnings: verdict.warnings, injection };
  };
}

/** Stands for what an operator may have set, and is checked against nothing. */
const SOMEWHERE = 'https://store.invalid';
const SOME_IDENTITY = '00000000-0000-4000-8000-000000000000';

const ADDRESS_KEYS = [
  dropIn('service'),
  `${OPENBAO.prefix}service`,
  native('vault-address'),
  native('infisical-address'),
];

function settingsFor(
  { vault, infisical }: Platform,
  annotations: Readonly<Record<string, string>>,
): Settings {
  const named = ADDRESS_KEYS.flatMap((key) => annotations[key] ?? []);
  const store = { allowedAddresses: named, timeoutMs: 10_000, authMethod: 'kubernetes' } as const;
  return {
    agentImage: 'sidekey-agent',
    ownNamespace: 'sidekey',
    vault: { ...store, address: vault.address || SOMEWHERE, authPath: vault.mounts.kubernetes },
    infisical: { ...store, address: infisical.address || SOMEWHERE, identityId: SOME_IDENTITY },
    pollMs: 300_000,
    nativePollMs: 60_000,
    startDeadlineMs: 300_000,
    revokeOnShutdown: false,
  };
}
