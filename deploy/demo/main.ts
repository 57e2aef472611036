import { runDemo } from './run.ts';
import { createStory } from './story.ts';

const USAGE = `usage: npm run demo [-- --once]

  --once  end after the rotation has been shown`;

/** As a shell reports an end by SIGINT. */
const INTERRUPTED = 130;

/** Ctrl-C, a closed terminal, or a reader that went away. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  const interrupt = (): void => controller.abort(new Error('Interrupted'));
  // npm passes Ctrl-C on to a process that has already got it from the terminal, so a second one means nothing.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, interrupt);
  process.stdout.on('error', interrupt);
  return controller.signal;
}

async function main(args: readonly string[]): Promise<number> {
  const unknown = args.filter((arg) => arg !== '--once');
  if (unknown.length > 0) {
    console.error(USAGE);
    return 2;
  }
  const interrupted = interruption();
  const story = createStory({
    print: console.log,
    colour: process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
    now: () => performance.now(),
  });
  try {
    await runDemo({ story, once: args.includes('--once'), interrupted });
  } catch (error) {
    const asked = error === interrupted.reason;
    story.fail(error instanceof Error ? error.message : 'Something that is not an error was thrown');
    return asked ? INTERRUPTED : 1;
  }
  story.say('all processes have ended, nothing is left behind');
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
