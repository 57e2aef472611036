import type { Paint } from '../text/paint.ts';
import type { ObjectReport, Report } from './report.ts';

/** The last line: of what asks for something, how much gets it. `isKnown` says whether what namespaces are bound to is. */
export function summary({ objects, findings }: Report, isKnown: boolean, paint: Paint): string {
  const broken = findings.filter(({ effect }) => effect !== 'note').length;
  const secrets = objects.filter(({ secret }) => secret !== undefined);
  const working = secrets.filter(({ verdict }) => verdict === 'works').length;
  const pods = objects.flatMap(askingPods);
  const injected = pods.filter((isInjected) => isInjected).length;
  const doubt = isKnown || working === 0 ? '' : ', as far as is known here';
  const unseen = objects.filter(({ verdict }) => verdict === 'unseen').length;
  const asking = [
    ...(pods.length === 0
      ? []
      : [counted({ what: 'pod', asks: 'for an agent', gets: 'get' }, pods.length, injected)]),
    ...(unseen === 0
      ? []
      : [
          `${unseen === 1 ? 'one object asks' : `${unseen} objects ask`} for an agent in pods that are not here`,
        ]),
    ...(secrets.length === 0
      ? []
      : [
          `${counted({ what: 'Secret', asks: 'to be synced', gets: 'work' }, secrets.length, working)}${doubt}`,
        ]),
  ];
  const parts = [
    ...(asking.length === 0 ? ['Nothing here asks for an agent, or to be synced'] : asking),
    ...(broken === 0 ? [] : [`${broken} ${broken === 1 ? 'part' : 'parts'} of the input cannot be read`]),
  ];
  return `${paint.bold(parts.map((part, index) => (index === 0 ? capital(part) : part)).join('; '))}\n`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Of each pod that asks for an agent, well or badly, whether it gets one. */
function askingPods({ verdict, pods = [] }: ObjectReport): readonly boolean[] {
  const asking = pods.filter(({ outcome }) => outcome !== 'unasked');
  if (asking.length === 0) return verdict === 'uninjected' ? [false] : [];
  return asking.map(({ outcome, findings }) => {
    const isRefused = findings.some(({ effect }) => effect === 'refused');
    return outcome === 'injected' && !isRefused;
  });
}

/** How something asks, and what it does if it is given. */
interface Words {
  readonly what: string;
  readonly asks: string;
  readonly gets: 'get' | 'work';
}

function counted({ what, asks, gets }: Words, asking: number, given: number): string {
  const it = gets === 'get' ? ' one' : '';
  if (asking === 1) {
    const none = gets === 'get' ? 'gets none' : 'does not work';
    return `one ${what} asks ${asks}, and ${given === 1 ? `${gets}s${it}` : none}`;
  }
  const head = `${asking} ${what}s ask ${asks}, and`;
  if (given === asking) return `${head} all ${gets}${it}`;
  if (given === 0) return `${head} none ${gets}s${it}`;
  return `${head} ${given} of them ${given === 1 ? `${gets}s` : gets}${it}`;
}
