import { argv } from 'node:process';
import { commit } from '../../../agent/render/commit.ts';
import { setOf } from './sets.ts';

/** A process that commits one set after another until it is killed. Usage: endless-commits.ts <volume>… */
process.stdout.write('started\n');
for (let version = 1; ; version += 1) await commit(setOf(version, argv.slice(2)));
