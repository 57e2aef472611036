/** Stands in for Node's worker threads: the log asks whether it is written from one, and the agent has none. */
export const isMainThread = true;
