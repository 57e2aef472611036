import { Fault } from '../error.ts';
import { format } from './format.ts';
import { PLAIN, type Spec } from './spec.ts';
import { type GoValue, Integer, typeName } from './value.ts';

/** Flags, width, precision and verb; `[n]` picks an operand. */
const VERB =
  /%(?<flags>[#0+\- ]*)(?<index1>\[[^\]]*\])?(?<width>\*|\d+)?(?:(?<dot>\.)(?<index2>\[[^\]]*\])?(?<precision>\*|\d+)?)?(?<index3>\[[^\]]*\])?(?<verb>.)?/gsu;

/** Go allows a million; a template has no use for more than this, and each item of a list would get it. */
const MAX_WIDTH = 1_000;

/** `printf`: https://pkg.go.dev/fmt. What does not fit is shown in the text as Go does (`%!d(string=x)`), not thrown. */
export function printf(template: string, operands: readonly GoValue[]): string {
  const printer = new Printer(operands);
  const text = template.replaceAll(VERB, (...match) => printer.verb(namedGroups(match)));
  return text + printer.surplus();
}

type Flags = Omit<Spec, 'verb'>;

/** With `%v` the flags # and + have meanings of their own. */
function forV(spec: Flags): Spec {
  return { ...spec, verb: 'v', sharp: false, plus: false, goSyntax: spec.sharp, fieldNames: spec.plus };
}

type Groups = Readonly<Record<string, string | undefined>>;

/** `replaceAll` hands the groups over as its last argument. */
function namedGroups(match: readonly unknown[]): Groups {
  return match.at(-1) as Groups;
}

class Printer {
  readonly #operands: readonly GoValue[];
  #next = 0;
  #reordered = false;
  #valid = true;

  constructor(operands: readonly GoValue[]) {
    this.#operands = operands;
  }

  verb(groups: Groups): string {
    this.#valid = true;
    this.#pick(groups['index1']);
    if (groups['index1'] !== undefined && isMeasured(groups)) this.#valid = false;
    const width = this.#measure(groups['width'], 'BADWIDTH');
    const precision = this.#precision(groups);
    this.#pick(groups['index3']);
    const spec = {
      ...readFlags(groups['flags'] ?? '', width.value),
      width: Math.abs(width.value),
      precision: precision.value,
    };
    return width.problem + precision.problem + this.#operand(groups['verb'], spec);
  }

  /** Operands that no verb took. */
  surplus(): string {
    const rest = this.#reordered ? [] : this.#operands.slice(this.#next);
    if (rest.length === 0) return '';
    const texts = rest.map((value) => {
      const shown = format(value, PLAIN);
      return value === undefined || value === null ? shown : `${typeName(value)}=${shown}`;
    });
    return `%!(EXTRA ${texts.join(', ')})`;
  }

  #operand(verb: string | undefined, spec: Flags): string {
    if (verb === undefined) return '%!(NOVERB)';
    if (verb === '%') return '%';
    if (!this.#valid) return `%!${verb}(BADINDEX)`;
    if (this.#next >= this.#operands.length) return `%!${verb}(MISSING)`;
    const value = this.#operands[this.#next];
    this.#next += 1;
    return format(value, verb === 'v' ? forV(spec) : { ...spec, verb });
  }

  #pick(index: string | undefined): void {
    if (index === undefined) return;
    this.#reordered = true;
    const number = Number(/^\[(\d+)\]$/u.exec(index)?.[1] ?? 0);
    if (number < 1 || number > this.#operands.length) this.#valid = false;
    else this.#next = number - 1;
  }

  /** A point without digits is a precision of 0; a negative one is none. */
  #precision({ dot, index2, precision = '0' }: Groups): { value: number | undefined; problem: string } {
    if (dot === undefined) return { value: undefined, problem: '' };
    this.#pick(index2);
    const { value, problem } = this.#measure(precision, 'BADPREC');
    return { value: problem === '' && value >= 0 ? value : undefined, problem };
  }

  #measure(text: string | undefined, complaint: string): { value: number; problem: string } {
    const value = text === '*' ? this.#star() : Number(text ?? 0);
    if (value === undefined) return { value: 0, problem: `%!(${complaint})` };
    if (Math.abs(value) > MAX_WIDTH)
      throw new Fault(`widths and precisions beyond ${MAX_WIDTH} are not supported`);
    return { value, problem: '' };
  }

  #star(): number | undefined {
    const operand = this.#operands[this.#next];
    this.#next = Math.min(this.#next + 1, this.#operands.length);
    return operand instanceof Integer ? Number(operand.value) : undefined;
  }
}

/** A negative width, given by an operand, means to fill on the right. */
function readFlags(flags: string, width: number): Omit<Flags, 'width' | 'precision'> {
  return {
    minus: flags.includes('-') || width < 0,
    plus: flags.includes('+'),
    sharp: flags.includes('#'),
    space: flags.includes(' '),
    zero: flags.includes('0'),
    goSyntax: false,
    fieldNames: false,
  };
}

/** Whether a width in digits or a point follows: an index in front of those is misplaced. */
const isMeasured = ({ width, dot }: Groups): boolean =>
  dot !== undefined || (width !== undefined && width !== '*');
