import { type Commands, dispatch, listing } from './commands.ts';
import { EXIT, type Io } from './io.ts';

const COMMANDS: Commands = {
  explain: {
    says: 'what the injector makes of the pods in manifests and the sync of the Secrets, and how to write them so that they work',
    load: () => import('./explain/run.ts'),
  },
  tenant: {
    says: 'teams: what they may have, whether they have it, and whether their manifests keep to it',
    load: () => import('./tenant/run.ts'),
  },
  policy: {
    says: 'the policies that hold teams to it, for the API server or for Kyverno',
    load: () => import('./policy/run.ts'),
  },
  audit: {
    says: 'who received which secret, what was refused, and what the logs do not say',
    load: () => import('./audit/run.ts'),
  },
};

const USAGE = `sidekey COMMAND …

${listing(COMMANDS)}
sidekey COMMAND --help says more. All end with ${EXIT.done} if everything is well, with ${EXIT.refused} if what they looked at is not, with ${EXIT.badInput} if the command
line or a file is wrong, and with ${EXIT.unanswered} if a cluster or a store does not answer.
`;

/** Resolves, too, if nobody reads any more. */
async function taken(stream: NodeJS.WriteStream): Promise<void> {
  if (!stream.writableNeedDrain || stream.destroyed) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      for (const event of ['drain', 'close', 'error']) stream.off(event, done);
      resolve();
    };
    for (const event of ['drain', 'close', 'error']) stream.once(event, done);
  });
}

const { NO_COLOR: noColour = '', TERM: terminal } = process.env;

const io: Io = {
  environment: process.env,
  coloured: process.stdout.isTTY && noColour === '' && terminal !== 'dumb',
  ...(process.stdout.isTTY && { columns: process.stdout.columns }),
  now: Date.now,
  print: (text) => void process.stdout.write(text),
  printed: () => taken(process.stdout),
  tell: (text) => void process.stderr.write(text),
};

// Whoever reads may have seen enough, as `head` has.
process.stdout.on('error', () => undefined);
void start();

async function start(): Promise<void> {
  const words = process.argv.slice(2);
  process.exitCode = await dispatch(words, io, { commands: COMMANDS, around: 'command', usage: USAGE });
}
