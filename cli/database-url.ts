import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseEnv } from 'node:util';

/** Variable that names the server, in the environment or in the file `.env`. */
export const DATABASE_URL = 'DATABASE_URL';

/** The database server's URL: from the environment, else from the file `.env` of the folder, as dbmate has it. */
export function databaseUrl(folder: string, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const own = environment[DATABASE_URL];
  if (own !== undefined && own !== '') return own;
  const file = path.join(folder, '.env');
  if (!fs.existsSync(file)) return undefined;
  const url = parseEnv(fs.readFileSync(file, 'utf8'))[DATABASE_URL];
  return url === '' ? undefined : url;
}
