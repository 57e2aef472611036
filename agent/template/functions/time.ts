import { Fault } from '../error.ts';
import { formatTime } from '../go/time.ts';
import { type Family, takesMore } from './signature.ts';

/** `2006-01-02T15:04:05Z07:00` */
const RFC3339 = '2006-01-02T15:04:05Z07:00';

export const TIME: Family<'time'> = {
  timestamp: takesMore([], 'string', ([layout = RFC3339, ...more], context) => {
    if (more.length > 0) throw new Fault('expected one layout at most');
    const now = context.now();
    return layout === 'unix' ? String(Math.floor(now.getTime() / 1000)) : formatTime(now, layout);
  }),
};
