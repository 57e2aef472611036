/** What a row of the table is held against: a share of what the peer takes, or an absolute limit. */
export interface Budget {
  readonly kind: 'ratio' | 'limit';
  readonly must: number;
  readonly aim: number;
}

export interface Row {
  readonly what: string;
  readonly unit: string;
  readonly peer: number;
  readonly ours: number;
  /** Rows without one are shown for information. */
  readonly budget?: Budget;
}

export type Verdict = 'reaches the aim' | 'within the budget' | 'MISSED' | '';

export function judge({ peer, ours, budget }: Row): Verdict {
  if (budget === undefined) return '';
  const measured = budget.kind === 'ratio' ? ours / peer : ours;
  if (measured <= budget.aim) return 'reaches the aim';
  return measured <= budget.must ? 'within the budget' : 'MISSED';
}
