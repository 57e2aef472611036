import { celBinary } from '../servers/cel.ts';
import { clusterBinaries } from '../servers/cluster-binaries.ts';

await clusterBinaries();
await celBinary();
