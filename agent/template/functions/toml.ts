import { toToml } from '../go/toml.ts';
import { trimSpace } from '../go/white-space.ts';
import { type Family, takes } from './signature.ts';

export const TOML: Family<'toml'> = {
  toTOML: takes(['any'], ([value]) => trimSpace(toToml(value))),
};
