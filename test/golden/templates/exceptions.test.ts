import { expect, test } from 'vitest';
import { EXCEPTIONS } from './exceptions.ts';
import { render } from './corpus.ts';

test.each(EXCEPTIONS)('on purpose, $what', ({ template, ours }) => {
  expect(outcome(template)).toBe(ours ?? 'refused');
});

function outcome(text: string): string {
  try {
    return render({ text, left: '{{', right: '}}' }).toString();
  } catch (error) {
    return String(error).includes('Cannot') ? 'refused' : String(error);
  }
}
