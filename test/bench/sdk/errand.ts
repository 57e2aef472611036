/** What a subject is to do, and where. */
export interface Errand {
  readonly address: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly clientSecretFile: string;
  readonly projectId: string;
  /** False: only to be loaded. */
  readonly use: boolean;
}

const VARIABLE = 'BENCH_ERRAND';

export const writeErrand = (errand: Errand): Readonly<Record<string, string>> => ({
  [VARIABLE]: JSON.stringify(errand),
});

export const readErrand = (): Errand => JSON.parse(process.env[VARIABLE] ?? '{}') as Errand;
