import type { OperatorDefaults } from '../annotations/operator.ts';

/** Everything that a decision depends on besides the request. */
export interface Settings extends OperatorDefaults {
  /** The image of the injected container. */
  readonly agentImage: string;
  /** The namespace of the injector, whose own pods are never injected. */
  readonly ownNamespace: string;
}
