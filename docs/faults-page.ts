import { CLOCK_FAULTS } from '../test/integration/agent/faults/rows/clock.ts';
import { ENDS, SIZES } from '../test/integration/agent/faults/rows/ends.ts';
import { NETWORK_FAULTS } from '../test/integration/agent/faults/rows/network.ts';
import { RIGHTS_FAULTS } from '../test/integration/agent/faults/rows/rights.ts';
import type { FaultRow, FaultRows } from '../test/integration/agent/faults/rows/row.ts';
import { ANSWER_FAULTS, SERVER_FAULTS } from '../test/integration/agent/faults/rows/store.ts';
import { TRUST_FAULTS } from '../test/integration/agent/faults/rows/trust.ts';
import { VOLUME_FAULTS } from '../test/integration/agent/faults/rows/volume.ts';
import { table } from './table.ts';

const INTRODUCTION = `What happens to an agent, what the application sees of it, and what tells you. Each row is a test: an agent that is not root, a real
OpenBao, something between the two that makes the fault, an application that reads its file all the time, and somebody who asks whether
the agent is ready. Down to *Time*, in none of them is a file empty, cut or absent, does the agent end, or does it become unready after it was ready.

\`reason\` is the label of \`sidekey_agent_store_errors_total\` under which it is counted; the last column stands in a line of the agent's log.
While a request fails, \`sidekey_agent_store_up\` (if nobody answers) and \`sidekey_agent_file_up_to_date\` are 0. Before the first files are
there, the same words stand on \`/readyz\`.`;

const SECTIONS: readonly (readonly [title: string, text: string, rows: FaultRows])[] = [
  [
    'The network',
    'Each begins with the login, with the first read, in steady life and with the renewal of the token.',
    NETWORK_FAULTS,
  ],
  ['Answers', 'Each in the same four phases.', ANSWER_FAULTS],
  [
    'The store',
    'For an agent in steady life; the first two for one that is started meanwhile, too.',
    SERVER_FAULTS,
  ],
  ['Rights, secrets and leases', 'In steady life.', RIGHTS_FAULTS],
  [
    'Trust',
    'Whom to trust may stand in a file (`caFile` of a store). It is followed, as the kubelet replaces it.',
    TRUST_FAULTS,
  ],
  ['Time', 'With leases and a token of seconds.', CLOCK_FAULTS],
  [
    'Volumes',
    `On a real tmpfs. Volumes are looked at when there is something to write, and at the start: what somebody does to one is noticed then. A
failed attempt is counted in \`sidekey_agent_commits_total{result="failed"}\`, and \`sidekey_agent_file_up_to_date\` is 0. Files are written in
one way only, as a set behind \`..data\`: none is ever changed in place, so there is none that could be found half written.`,
    VOLUME_FAULTS,
  ],
  [
    'Ends',
    'Whoever opens a file finds all of it; whoever opens `..data` first finds one set. Several volumes change one after another.',
    ENDS,
  ],
  ['Sizes', 'With room for two sets in the volume.', SIZES],
];

function row({ fault, application, agent, reason, log }: FaultRow): string[] {
  return [fault, application, agent, reason === undefined ? '' : `\`${reason}\``, log];
}

/** The reference page of faults. Deterministic. */
export function faultsPage(note: string): string {
  const head = ['what happens', 'what the application sees', 'what the agent does', 'reason', 'log'];
  const sections = SECTIONS.map(
    ([title, text, rows]) => `## ${title}\n\n${text}\n\n${table(head, Object.values(rows).map(row))}`,
  );
  return `# Faults\n\n${note}\n\n${INTRODUCTION}\n\n${sections.join('\n\n')}\n`;
}
