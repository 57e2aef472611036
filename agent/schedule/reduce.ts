import type { Failure } from './attempt.ts';
import { leaseRenewed, renewalFailed } from './leases.ts';
import { renderFailed, rendered } from './rendering.ts';
import { changed, readFailed, secretRead } from './secrets.ts';
import { loggedIn, loginFailed, tokenLost, tokenRenewalFailed, tokenRenewed } from './sessions.ts';
import { notified, notifyFailed } from './telling.ts';
import type { Action, AgentState, Event, Moment } from './state.ts';

/** The state after an event. Pure: the moment and the chance are given. */
export function reduce(state: AgentState, event: Event, now: number, random: () => number): AgentState {
  const moment = { now, random };
  switch (event.type) {
    case 'logged_in':
      return loggedIn(state, event.store, event.session, moment);
    case 'token_renewed':
      return tokenRenewed(state, event.session, event.lifetime, moment);
    case 'read':
      return secretRead(state, event, moment);
    case 'renewed':
      return leaseRenewed(state, event.leaseId, event.lifetime, moment);
    case 'rendered':
      return rendered(state, event, moment);
    case 'notified':
      return notified(state, event, moment);
    case 'redirected':
      return changed(state, now);
    case 'failed':
      return failed(state, event.action, event.failure, moment);
  }
}

function failed(state: AgentState, action: Action, failure: Failure, moment: Moment): AgentState {
  if (failure.code === 'token_invalid' && 'session' in action && action.type !== 'renew_token')
    return tokenLost(state, action.session.id, failure, moment);
  switch (action.type) {
    case 'login':
      return loginFailed(state, action.store, failure, moment);
    case 'renew_token':
      return tokenRenewalFailed(state, action.session.id, failure, moment);
    case 'read':
      return readFailed(state, action.key, failure, moment);
    case 'renew':
      return renewalFailed(state, action.leaseId, failure, moment);
    case 'render':
      return renderFailed(state, failure, moment);
    case 'notify':
      return notifyFailed(state, action.target, failure, moment);
  }
}
