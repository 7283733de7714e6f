import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseEnv } from 'node:util';

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
  const written = parseEnv(fs.readFileSync(file, 'utf8'))[name];
  return written ? { value: written, source: `${name} in .env` } : null;
}
