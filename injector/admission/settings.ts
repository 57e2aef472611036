import type { NamespaceSettings } from '../annotations/namespace.ts';
import type { OperatorDefaults } from '../annotations/operator.ts';
import type { ContainerBounds } from '../pod/bounds.ts';

/** Everything that a decision depends on besides the request. */
export interface Settings extends OperatorDefaults {
  /** The image of the injected container. */
  readonly agentImage: string;
  /** The namespace of the injector, whose own pods are never injected. */
  readonly ownNamespace: string;
  /** What namespaces say of their pods, by name; absent where the injector does not look at namespaces. */
  readonly namespaces?: { get(name: string): NamespaceSettings | undefined };
  /** What the LimitRanges of namespaces demand, by name; absent where the injector does not look at them. */
  readonly bounds?: { get(namespace: string): ContainerBounds | undefined };
}
