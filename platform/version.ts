/** The release that both images are of; the same as in package.json, which would put all of itself into the bundles. */
export const VERSION = '0.1.0';
