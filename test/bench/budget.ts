/**
 * What a row of the table is held against: the largest share of what the peer has (`ratio`), the least that it may be many
 * times over (`gain`), the most that may be, or the least.
 */
export interface Budget {
  readonly kind: 'ratio' | 'gain' | 'limit' | 'least';
  readonly must: number;
  readonly aim: number;
}

export interface Row {
  readonly what: string;
  readonly unit: string;
  /** NaN if the peer does not get there. */
  readonly peer: number;
  readonly ours: number;
  /** Rows without one are shown for information. */
  readonly budget?: Budget;
}

export type Verdict = 'reaches the aim' | 'within the budget' | 'MISSED' | '';

export function judge({ peer, ours, budget }: Row): Verdict {
  if (budget === undefined) return '';
  const { kind, must, aim } = budget;
  const measured = kind === 'ratio' || kind === 'gain' ? ours / peer : ours;
  const isMore = kind === 'least' || kind === 'gain';
  const meets = (bound: number): boolean => (isMore ? measured >= bound : measured <= bound);
  if (meets(aim)) return 'reaches the aim';
  return meets(must) ? 'within the budget' : 'MISSED';
}
