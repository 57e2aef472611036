import { defaultTemplate } from '../../injector/annotations/default-template.ts';
import { CERTIFICATE_PATH, secretPath } from './world.ts';

/** What a contender is to do: the same work for all of them. */
export interface Task {
  /** Leave after the first render, or stay. */
  readonly mode: 'init' | 'run';
  /** How many of the world's secrets to render, one file each. */
  readonly secrets: number;
  readonly pollMs: number;
  /** So many templates of the first secret instead, each with something to do. */
  readonly templates?: number;
  /** A certificate of a few seconds instead. */
  readonly certificate?: true;
}

/** A file to render, and by what. */
export interface TaskFile {
  readonly name: string;
  readonly text: string;
}

/** The files of a task, in order. */
export function filesOf({ secrets, templates, certificate }: Task): readonly TaskFile[] {
  if (certificate === true) return [{ name: 'certificate', text: CERTIFICATE_TEMPLATE }];
  const [count, textOf] =
    templates === undefined
      ? [secrets, (index: number) => defaultTemplate(secretPath(index))]
      : [templates, busyTemplate];
  return Array.from({ length: count }, (_, index) => ({ name: `${index}`, text: textOf(index) }));
}

const CERTIFICATE_TEMPLATE = `{{ with secret "${CERTIFICATE_PATH}" "common_name=bench" }}{{ .Data.certificate }}{{ end }}`;

/** Conditions, loops, pipes and printing; no two alike, for those would be parsed once. */
function busyTemplate(index: number): string {
  return (
    `{{ with secret "${secretPath(0)}" }}{{ $d := .Data.data }}{{ if $d.key }}# file ${index}\n` +
    '{{ range $k, $v := $d }}{{ $k | toUpper }}={{ $v | printf "%q" }}\n{{ end }}{{ else }}no key\n{{ end }}' +
    '{{ $d | toJSON }}\n{{ range $i, $x := split "," "a,b,c,d" }}{{ if $i }};{{ end }}{{ $x }}{{ end }}{{ end }}\n'
  );
}

/** A contender set up for a task in a directory of its own. */
export interface Prepared {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The files it is to render, in the order of the secrets. */
  readonly files: readonly string[];
  /** Where it says that it is ready, if it does. */
  readonly readyUrl?: string;
}

/** A program that fetches secrets. */
export interface Contender {
  readonly name: string;
  prepare(task: Task, directory: string): Promise<Prepared>;
}

/** Nothing is inherited: an NODE_EXTRA_CA_CERTS of the machine would cost Node 15 ms at each start. */
export const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/nonexistent' } as const;
