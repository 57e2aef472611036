import { clusterBinaries } from '../servers/cluster-binaries.ts';

await clusterBinaries();
