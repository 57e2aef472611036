import { expect, it } from 'vitest';
import { isCidr } from '../../../governance/tenant/read/cidr.ts';

it.each([
  '0.0.0.0/0',
  '10.0.0.0/8',
  '10.1.2.3/32',
  '169.254.20.10/32',
  '::/0',
  'fd00::/64',
  'FD00::/8',
  'fd00:1:2:3::/64',
  '2001:db8::1/128',
  '1:2:3:4:5:6:7:8/128',
])('%s is a range', (text) => {
  expect(isCidr(text)).toBe(true);
});

// The API server refuses the first four, which look right.
it.each([
  '10.0.0.1/8',
  'fd00::1/64',
  '::ffff:10.0.0.0/104',
  '010.0.0.0/8',
  '10.0.0.0',
  '10.0.0.0/33',
  '10.0.0/8',
  '10.0.0.0/08',
  '10.0.0.0/-1',
  '10.0.0.256/32',
  '10.0.0.0/8/8',
  'fd00::/129',
  'fd00:::/64',
  'fd00::%eth0/64',
  'example.com/8',
  '/8',
  '',
])('%j is none', (text) => {
  expect(isCidr(text)).toBe(false);
});
