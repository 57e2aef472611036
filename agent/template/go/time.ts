const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;

/** The parts of Go's reference time, Mon Jan 2 15:04:05 2006, longest first where one begins another. */
const PART =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|2006|_2006|002|__2|0[1-6]|15|_2|PM|pm|[1-5]|(?:Z07|-07)(?::00:00|0000|:00|00)?|[.,](?:0+|9+)(?!\d)/gu;

/** A time in UTC in a layout of Go's `time.Format`. */
export function formatTime(time: Date, layout: string): string {
  return layout.replaceAll(PART, (part) => {
    const format = PARTS[part];
    if (format !== undefined) return format(time);
    if (part.startsWith('Z')) return 'Z';
    return part.startsWith('-') ? `+${part.slice(1).replaceAll(/[07]/gu, '0')}` : fraction(time, part);
  });
}

const two = (value: number): string => String(value).padStart(2, '0');
const blank = (value: number, width: number): string => String(value).padStart(width, ' ');
const month = (time: Date): string => MONTHS[time.getUTCMonth()] ?? '';
const day = (time: Date): string => DAYS[time.getUTCDay()] ?? '';
const hour12 = (time: Date): number => time.getUTCHours() % 12 || 12;
const year = (time: Date): string => String(time.getUTCFullYear()).padStart(4, '0');
const isAfternoon = (time: Date): boolean => time.getUTCHours() >= 12;

function dayOfYear(time: Date): number {
  // Not Date.UTC, to which the years before 100 are those of the last century.
  const start = new Date(0).setUTCFullYear(time.getUTCFullYear(), 0, 1);
  return Math.floor((time.getTime() - start) / 86_400_000) + 1;
}

/** Of the nines trailing zeros are left out. The clock gives milliseconds. */
function fraction(time: Date, part: string): string {
  const digits = String(time.getUTCMilliseconds())
    .padStart(3, '0')
    .padEnd(part.length - 1, '0');
  const shown = digits.slice(0, part.length - 1);
  if (!part.includes('9')) return part.slice(0, 1) + shown;
  const trimmed = shown.replace(/0+$/u, '');
  return trimmed === '' ? '' : part.slice(0, 1) + trimmed;
}

const PARTS: Readonly<Record<string, (time: Date) => string>> = {
  January: month,
  Jan: (time) => month(time).slice(0, 3),
  '1': (time) => String(time.getUTCMonth() + 1),
  '01': (time) => two(time.getUTCMonth() + 1),
  Monday: day,
  Mon: (time) => day(time).slice(0, 3),
  '2': (time) => String(time.getUTCDate()),
  _2: (time) => blank(time.getUTCDate(), 2),
  '02': (time) => two(time.getUTCDate()),
  __2: (time) => blank(dayOfYear(time), 3),
  '002': (time) => String(dayOfYear(time)).padStart(3, '0'),
  '15': (time) => two(time.getUTCHours()),
  '3': (time) => String(hour12(time)),
  '03': (time) => two(hour12(time)),
  '4': (time) => String(time.getUTCMinutes()),
  '04': (time) => two(time.getUTCMinutes()),
  '5': (time) => String(time.getUTCSeconds()),
  '05': (time) => two(time.getUTCSeconds()),
  '2006': year,
  _2006: (time) => `_${year(time)}`,
  '06': (time) => two(time.getUTCFullYear() % 100),
  PM: (time) => (isAfternoon(time) ? 'PM' : 'AM'),
  pm: (time) => (isAfternoon(time) ? 'pm' : 'am'),
  MST: () => 'UTC',
};
