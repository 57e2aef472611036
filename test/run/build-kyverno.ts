import { stat } from 'node:fs/promises';
import { kyvernoBinary } from '../servers/kyverno.ts';

const { size } = await stat(await kyvernoBinary());
console.log(`Kyverno's command line: ${Math.round(size / 1e6)} MB`);
