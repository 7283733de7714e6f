/**
 * Opens a session as the function does, and says what came of it: a program of its own, because whom a process trusts is
 * read when it starts. Gets the address and, where it shall not sign a token, a password.
 */
import { openSession } from '../../../lambda/edges/database/database-connection';
import { signIamToken } from '../../../lambda/edges/iam-token';

export interface Task {
  readonly address: { readonly host: string; readonly port: number; readonly database: string };
  readonly user: string;
  readonly password?: string;
  readonly tryForMs?: number;
}

async function main({ address, user, password, tryForMs = 30_000 }: Task): Promise<string> {
  const silent = (): void => undefined;
  const connection = await openSession({
    address,
    readSecret: () =>
      Promise.resolve(
        password === undefined
          ? signIamToken(address, user, process.env)
          : { kind: 'credentials', credentials: { username: user, password } },
      ),
    tryForMs,
    mustBeWriter: false,
    log: { info: silent, warn: silent, error: silent },
    clock: { now: () => Date.now(), remaining: () => 60_000, sleep: () => Promise.resolve() },
  });
  if (connection.kind === 'failed') return connection.failure.message;
  const [row] = await connection.session.database.query('SELECT CURRENT_USER() AS user, DATABASE() AS name');
  connection.session.close();
  return `${String(row?.['user'])} in ${String(row?.['name'])}`;
}

void main(JSON.parse(process.argv[2]!) as Task).then((text) => process.stdout.write(text));
