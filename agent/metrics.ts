import type { MetricTable } from '#platform/metrics.ts';
import { FAILURE_CODES } from './provider/errors.ts';
import { STORES } from './provider/provider.ts';

const OPERATIONS = ['login', 'read', 'renew', 'revoke'] as const;
export type Operation = (typeof OPERATIONS)[number];

export const NOTIFICATION_RESULTS = ['told', 'failed', 'given_up'] as const;

/** Of the requests to the stores, whoever makes them. */
export const STORE_METRICS = {
  sidekey_agent_store_requests_total: {
    type: 'counter',
    help: 'Requests to the secret store',
    labels: { operation: OPERATIONS },
  },
  sidekey_agent_store_errors_total: {
    type: 'counter',
    help: 'Requests to the secret store that failed, by reason',
    labels: { reason: FAILURE_CODES },
  },
  sidekey_agent_store_request_seconds: {
    type: 'histogram',
    help: 'Duration of requests to the secret store',
    buckets: [0.01, 0.1, 1],
  },
  sidekey_agent_store_up: {
    type: 'gauge',
    help: '1 if the last request to the secret store was answered',
    labels: { store: STORES },
  },
} as const satisfies MetricTable;

/** Every metric of the agent. Labels are bounded: never a path, a role or an error's text. */
export const AGENT_METRICS = {
  sidekey_agent_build_info: {
    type: 'gauge',
    help: 'Constant 1, labelled with the version',
    labels: { version: [] },
  },
  sidekey_agent_first_render_seconds: {
    type: 'gauge',
    help: 'Time from the start of the agent to the first complete set of files: what a GPU waits for its secrets',
  },
  sidekey_agent_ready: { type: 'gauge', help: '1 once a complete set of files has been rendered' },
  ...STORE_METRICS,
  sidekey_agent_authority_current: {
    type: 'gauge',
    help: '1 if the file that says whom to trust is what is trusted, 0 if it cannot be used and the last good one is; of each store that has one',
    labels: { store: STORES },
  },
  sidekey_agent_suspended: {
    type: 'gauge',
    help: '1 while files stay as they are, for somebody said so while the pod ran; of pods where that may be said',
    // One without a label would be there for every pod.
    labels: { by: ['annotation'] },
  },
  sidekey_agent_token_expiry_timestamp_seconds: {
    type: 'gauge',
    help: 'When the first of the current tokens ends (Unix time), of which each store has one; 0 if they never do',
  },
  sidekey_agent_lease_expiry_timestamp_seconds: {
    type: 'gauge',
    help: 'When the first of all leases ends (Unix time); 0 if there is none',
  },
  sidekey_agent_secret_age_seconds: {
    type: 'gauge',
    help: 'Time since the secret that was confirmed longest ago was last read or renewed',
  },
  sidekey_agent_files: { type: 'gauge', help: 'Number of files kept up to date' },
  sidekey_agent_file_changed_timestamp_seconds: {
    type: 'gauge',
    help: 'When the content of a file last changed (Unix time); of many files, the oldest and the newest',
    labels: { file: [] },
  },
  sidekey_agent_file_lease_expiry_timestamp_seconds: {
    type: 'gauge',
    help: 'When the first lease behind a file ends (Unix time), 0 if none has one; of many files, the first and the last',
    labels: { file: [] },
  },
  sidekey_agent_file_up_to_date: {
    type: 'gauge',
    help: '1 if the last attempt to bring the file up to date succeeded; of many files, the worst and the best',
    labels: { file: [] },
  },
  sidekey_agent_commits_total: {
    type: 'counter',
    help: 'Attempts to bring the files up to date',
    labels: { result: ['changed', 'unchanged', 'failed'] },
  },
  sidekey_agent_rotations_total: {
    type: 'counter',
    help: 'Commits that changed a file after the first complete set',
  },
  sidekey_agent_notifications_total: {
    type: 'counter',
    help: 'Attempts to tell somebody of a change, by their result; and changes of which it was given up to tell',
    // Those that a pod asks for.
    labels: { kind: [], result: NOTIFICATION_RESULTS },
  },
  sidekey_agent_notifications_pending: {
    type: 'gauge',
    help: 'Number of targets that are still to be told of a change: being told now, waiting for the next attempt, or held back because they were told often before',
    labels: { state: [] },
  },
  sidekey_agent_notification_success_timestamp_seconds: {
    type: 'gauge',
    help: 'When somebody was last told of a change (Unix time); 0 if nobody was yet',
    labels: {},
  },
} as const satisfies MetricTable;
