/**
 * Stands in for packages that a dependency requires at load and that nothing of ours reaches: templates of paths, worker
 * threads for logs. Left in, they would be a fifth of the agent's code, and of its time to start.
 */
const absent = (): never => {
  throw new Error('This package is not in the bundle');
};

export { absent as 'module.exports' };
