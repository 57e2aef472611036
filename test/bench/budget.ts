/** What a row of the table is held against: a share of what the peer takes, the most that may be, or the least. */
export interface Budget {
  readonly kind: 'ratio' | 'limit' | 'least';
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
  const measured = kind === 'ratio' ? ours / peer : ours;
  const meets = (bound: number): boolean => (kind === 'least' ? measured >= bound : measured <= bound);
  if (meets(aim)) return 'reaches the aim';
  return meets(must) ? 'within the budget' : 'MISSED';
}
