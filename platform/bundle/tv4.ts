/** Stands in for tv4, with which node-vault checks that a request has a path and a method; the compiler has seen to that. */
export const validate = (): boolean => true;
