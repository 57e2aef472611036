import { Fault } from '../../error.ts';
import { durationText, HOUR, MINUTE, parseDuration, SECOND } from '../../go/duration.ts';
import { formatTime } from '../../go/time.ts';
import { type GoValue, Integer } from '../../go/value.ts';
import { type Family, type FunctionContext, takes } from '../signature.ts';

const DAY_LAYOUT = '2006-01-02';

const date = takes(['string', 'any'], ([layout, moment], context) =>
  formatTime(momentOf(moment, context), layout),
);
const dateInZone = takes(['string', 'any', 'string'], ([layout, moment, zone], context) => {
  checkZone(zone);
  return formatTime(momentOf(moment, context), layout);
});

export const SPRIG_TIME: Family<'sprigTime'> = {
  sprig_date: date,
  sprig_dateInZone: dateInZone,
  sprig_date_in_zone: dateInZone,
  sprig_htmlDate: takes(['any'], ([moment], context) => formatTime(momentOf(moment, context), DAY_LAYOUT)),
  sprig_htmlDateInZone: takes(['any', 'string'], ([moment, zone], context) => {
    checkZone(zone);
    return formatTime(momentOf(moment, context), DAY_LAYOUT);
  }),
  sprig_duration: takes(['any'], ([seconds]) => durationText(BigInt.asIntN(64, secondsOf(seconds) * SECOND))),
  sprig_durationRound: takes(['any'], ([length]) => rounded(lengthOf(length))),
};

/** Seconds since 1970; all else is now, as in Sprig. */
function momentOf(value: GoValue, context: FunctionContext): Date {
  if (!(value instanceof Integer) || !value.signed) return context.now();
  const moment = new Date(Number(value.value) * 1000);
  if (Number.isNaN(moment.getTime())) throw new Fault('the moment is beyond all calendars');
  return moment;
}

/** A container's own zone is UTC. */
function checkZone(zone: string): void {
  if (!['', 'UTC', 'Local'].includes(zone)) throw new Fault('only the zone UTC is supported');
}

/** What is no number of 64 bits is none, and what is beyond, the nearest. */
function secondsOf(value: GoValue): bigint {
  if (value instanceof Integer && value.type === 'int64') return value.value;
  if (typeof value !== 'string' || !/^[+-]?\d+$/u.test(value)) return 0n;
  const seconds = BigInt(value.replace('+', ''));
  const [least, most] = [-(2n ** 63n), 2n ** 63n - 1n];
  return seconds < least ? least : seconds > most ? most : seconds;
}

function lengthOf(value: GoValue): bigint {
  if (value instanceof Integer && value.type === 'int64') return value.value;
  return (typeof value === 'string' ? parseDuration(value) : undefined) ?? 0n;
}

const DAY = 24n * HOUR;

const ROUND: readonly (readonly [size: bigint, name: string])[] = [
  [365n * DAY, 'y'],
  [30n * DAY, 'mo'],
  [DAY, 'd'],
  [HOUR, 'h'],
  [MINUTE, 'm'],
  [SECOND, 's'],
];

/** In the largest unit of which there is more than one; never negative. */
function rounded(length: bigint): string {
  const size = length < 0n ? -length : length;
  const [unit, name] = ROUND.find(([one]) => size > one) ?? [SECOND, 's'];
  return size > SECOND ? `${size / unit}${name}` : '0s';
}
