import { print, printLine } from '../go/format.ts';
import { printf } from '../go/printf.ts';
import { type Family, takesMore } from './signature.ts';

export const PRINT: Family<'print'> = {
  print: takesMore([], 'any', (values) => print(values)),
  printf: takesMore(['string'], 'any', ([format, ...values]) => printf(format, values)),
  println: takesMore([], 'any', (values) => printLine(values)),
};
