import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Script } from 'node:vm';

/** Where that is kept which the engine has made of a program. */
export const compiledFile = (program: string): string => `${program}.compiled`;

/**
 * Loads programs of CommonJS from what the engine made of them before, where that stands beside them. What another release
 * of the engine has made is refused by this one: then, as without any, the program is compiled, and starts later. There is
 * no `import()` in such a program.
 *
 * @param launcher The file beside which the programs are.
 * @param observe Is shown each script before it runs.
 */
export function compiledPrograms(
  launcher: string,
  observe: (program: string, script: Script) => void = () => undefined,
): NodeJS.Require {
  const load = createRequire(launcher);
  load.extensions['.cjs'] = (module, program) => {
    const script = compile(program);
    observe(program, script);
    // What Node gives every module of CommonJS.
    const body = script.runInThisContext() as (...given: readonly unknown[]) => void;
    body.call(module.exports, module.exports, createRequire(program), module, program, dirname(program));
  };
  return load;
}

function compile(program: string): Script {
  const code = readFileSync(program, 'utf8');
  const cachedData = readCompiled(program);
  return new Script(`(function (exports, require, module, __filename, __dirname) {${code}\n})`, {
    filename: program,
    ...(cachedData && { cachedData }),
  });
}

function readCompiled(program: string): Buffer | undefined {
  try {
    return readFileSync(compiledFile(program));
  } catch {
    return undefined;
  }
}
