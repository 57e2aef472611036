import { trimSpace } from '../go/white-space.ts';
import { toYaml } from '../go/yaml.ts';
import { readYaml } from '../yaml/decode.ts';
import { type Family, takes } from './signature.ts';

export const YAML: Family<'yaml'> = {
  toYAML: takes(['any'], ([value]) => trimSpace(toYaml(value))),
  parseYAML: takes(['string'], ([text], context) =>
    text === '' ? new Map() : readYaml(text, (units) => context.spend(units)),
  ),
};
