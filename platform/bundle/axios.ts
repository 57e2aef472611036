/**
 * Stands in for axios inside the bundles. node-vault requires it at load but calls it only when it is given no transport
 * of its own, which ours always is; axios would cost the sidecar more memory than everything else in it.
 */
const refuse = (): never => {
  throw new Error('node-vault must be given a transport');
};

export default { create: refuse };
