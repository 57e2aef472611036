import type { Term } from '../schedule/lifetime.ts';
import type { ClockOrigin, SavedState } from './saved.ts';

/**
 * A saved state with its times as the clock of this process would have given them: if the time of the machine was corrected
 * between the two, what is left of every life is still what it was. Of another start of the machine nothing can be told: the
 * times then stay as they are.
 */
export function onClock(saved: SavedState, { boot, at }: ClockOrigin): SavedState {
  const { clock } = saved;
  if (clock === undefined || clock.boot === '' || clock.boot !== boot) return saved;
  return move(saved, at - clock.at);
}

function move(saved: SavedState, byMs: number): SavedState {
  const moved = <T extends { readonly term: Term }>(one: T): T => ({
    ...one,
    term: { ...one.term, grantedAt: one.term.grantedAt + byMs },
  });
  return {
    ...saved,
    current: saved.current.map(moved),
    former: saved.former.map(moved),
    secrets: saved.secrets.map(moved),
    superseded: saved.superseded.map(moved),
    remnants: saved.remnants.map((remnant) => ({ ...remnant, endsAt: remnant.endsAt + byMs })),
    files: saved.files.map((file) => ({ ...file, changedAt: file.changedAt + byMs })),
    notices: saved.notices.map((notice) => ({ ...notice, giveUpAt: notice.giveUpAt + byMs })),
  };
}
