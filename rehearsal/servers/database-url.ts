import type { Database } from './database-types';
import { readGreeting } from './greeting';

/**
 * The server that a URL names, `mysql://user:password@host:port/?ssl-ca=/path/to/ca.pem`. It is never stopped.
 *
 * @param said what the errors call the URL
 */
export async function databaseAt(text: string, said: string): Promise<Database> {
  const { host, port, user, password, caFile } = parseDatabaseUrl(text, said);
  const greeting = await readGreeting({ host, port }).catch((error: unknown) => {
    throw new Error(`${said} names a server at ${host}:${port} that does not answer`, { cause: error });
  });
  const refuse = (what: string) => (): Promise<void> =>
    Promise.reject(new Error(`cannot ${what} the server at ${host}:${port}: it is ${said}'s, not ours`));
  return {
    ...greeting,
    host,
    port,
    user,
    password,
    caFile,
    url: text,
    ownServer: false,
    stop: () => Promise.resolve(),
    kill: refuse('kill'),
    restart: refuse('restart'),
  };
}

/** Takes the URL apart; throws where it is none that we understand. */
export function parseDatabaseUrl(
  text: string,
  said: string,
): Pick<Database, 'host' | 'port' | 'user' | 'password' | 'caFile'> {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    // The text may hold a password: it is not repeated.
    throw new Error(`${said} is no URL; expected mysql://user:password@host:port/?ssl-ca=/path/to/ca.pem`);
  }
  if (!['mysql:', 'mariadb:'].includes(url.protocol)) {
    throw new Error(`${said} begins with ${url.protocol}//; expected mysql://`);
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 3306 : Number(url.port),
    user: decodeURIComponent(url.username) || 'root',
    password: decodeURIComponent(url.password),
    caFile: url.searchParams.get('ssl-ca') ?? undefined,
  };
}
