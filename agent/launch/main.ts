import { dirname, join } from 'node:path';
import { compiledPrograms } from './compiled.ts';

/**
 * The command of the image, which leads to its programs. The sync is one of its own: a sidecar has no use for a client of
 * Kubernetes, and must not pay for it.
 */
const [, launcher = '', mode] = process.argv;
const program = mode === 'sync' ? 'sync.cjs' : 'agent-main.cjs';
compiledPrograms(launcher)(join(dirname(launcher), program));
