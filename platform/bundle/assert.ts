/** Stands in for Node's assert, with which the log's stream checks that its file is open; ours is standard output. */
const assert = (holds: boolean, message: string): void => {
  if (!holds) throw new Error(message);
};

export { assert as 'module.exports' };
