import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseEnv } from 'node:util';
import { EXIT_CODE } from './exit-code';
import { ExpectedFailure } from './expected-failure';

/** A variable's value, and where it was found. */
export interface FoundVariable {
  readonly value: string;
  /** As messages name it, such as `DATABASE_URL in .env`. */
  readonly source: string;
}

/** Reads a variable of the environment, or else of the folder's `.env`; null where neither has it. */
export function projectVariable(folder: string, name: string, environment: NodeJS.ProcessEnv): FoundVariable | null {
  const own = environment[name];
  if (own) return { value: own, source: `${name} in the environment` };
  const file = path.join(folder, '.env');
  if (!fs.statSync(file, { throwIfNoEntry: false })?.isFile()) return null;
  // Editors of Windows begin a file with a mark, which would be a part of the first name.
  const written = parseEnv(fs.readFileSync(file, 'utf8').replace(/^\uFEFF/, ''))[name];
  const [reference] = /\$\{\w+\}/.exec(written ?? '') ?? [];
  if (reference !== undefined) {
    throw new ExpectedFailure(
      'settings-unusable',
      `${name} in .env has ${reference}, and references to other variables are not filled in here: write the value itself, or set ${name} in ` +
        'the environment. Nothing was done',
      EXIT_CODE.usage,
    );
  }
  return written ? { value: written, source: `${name} in .env` } : null;
}
