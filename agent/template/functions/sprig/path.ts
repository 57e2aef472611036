import { posix } from 'node:path';
import { type Family, takes, type TemplateFunction } from '../signature.ts';

const ofPath = (of: (path: string) => string | boolean): TemplateFunction =>
  takes(['string'], ([path]) => of(path));

/** Without what leads nowhere: `.`, `a/..`, doubled slashes and those at the end. */
function clean(path: string): string {
  const whole = posix.normalize(path);
  return whole.length > 1 && whole.endsWith('/') ? whole.slice(0, -1) : whole;
}

/** What follows the last slash, those at the end aside. */
function base(path: string): string {
  if (path === '') return '.';
  const name = withoutSlashes(path);
  return name === '' ? '/' : name.slice(name.lastIndexOf('/') + 1);
}

function withoutSlashes(path: string): string {
  let end = path.length;
  while (end > 0 && path.charAt(end - 1) === '/') end -= 1;
  return path.slice(0, end);
}

const dir = ofPath((path) => clean(path.slice(0, path.lastIndexOf('/') + 1)));

/** From the last dot of the name on, be it the first character. */
const ext = ofPath((path) => {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.includes('.') ? name.slice(name.lastIndexOf('.')) : '';
});

const isAbs = ofPath((path) => path.startsWith('/'));

export const SPRIG_PATH: Family<'sprigPath'> = {
  sprig_base: ofPath(base),
  sprig_dir: dir,
  sprig_clean: ofPath(clean),
  sprig_ext: ext,
  sprig_isAbs: isAbs,
  sprig_osBase: ofPath(base),
  sprig_osDir: dir,
  sprig_osClean: ofPath(clean),
  sprig_osExt: ext,
  sprig_osIsAbs: isAbs,
};
