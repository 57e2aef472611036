import manifest from '../package.json' with { type: 'json' };

/** The release that both images are of. */
export const VERSION: string = manifest.version;
