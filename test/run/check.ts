import { endCommandsOnSignal } from './command.ts';
import { GATE } from './gate.ts';
import { runStages } from './stage.ts';
import { conclude } from './summary.ts';

endCommandsOnSignal();
const start = performance.now();
conclude(await runStages(GATE), performance.now() - start);
