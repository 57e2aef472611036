import { Fault } from '../error.ts';
import { type Family, takes } from './signature.ts';

export const ENVIRONMENT: Family<'environment'> = {
  env: takes(['string'], ([name], context) => context.env(name) ?? ''),
  envOrDefault: takes(['string', 'string'], ([name, fallback], context) => context.env(name) ?? fallback),
  mustEnv: takes(['string'], ([name], context) => {
    const value = context.env(name) ?? '';
    if (value === '')
      throw new Fault('the environment variable is empty or not set; set it in the agent container');
    return value;
  }),
};
