import type { Database } from './database-types';
import { readGreeting } from './greeting';

type Login = Pick<Database, 'host' | 'port' | 'user' | 'password' | 'caFile'>;

/** What a URL begins with, perhaps with a driver's name, as Rails (`mysql2:`) and SQLAlchemy (`mysql+pymysql:`) have it. */
export const DATABASE_SCHEME = /^(?:mysql2?|mariadb)(?:\+\w+)?:$/;

/**
 * The server that a URL names, `mysql://user:password@host:port/?ssl-ca=/path/to/ca.pem`. It is never stopped.
 *
 * @param said what the errors call the URL
 */
export async function databaseAt(text: string, said: string): Promise<Database> {
  const login = parseDatabaseUrl(text, said);
  const { host, port } = login;
  const greeting = await readGreeting({ host, port }).catch((error: unknown) => {
    throw new Error(`${said} names a server at ${host}:${port} that does not answer`, { cause: error });
  });
  const refuse = (what: string) => (): Promise<void> =>
    Promise.reject(new Error(`cannot ${what} the server at ${host}:${port}: it is ${said}'s, not ours`));
  return {
    ...greeting,
    ...login,
    url: text,
    ownServer: false,
    stop: () => Promise.resolve(),
    kill: refuse('kill'),
    restart: refuse('restart'),
  };
}

/** The URL of a server that we started. */
export function urlOf({ host, port, user, password, caFile }: Login & { readonly caFile: string }): string {
  return `mysql://${user}:${encodeURIComponent(password)}@${host}:${port}/?ssl-ca=${encodeURIComponent(caFile)}`;
}

/** Takes the URL apart; throws where it is none that we understand. */
export function parseDatabaseUrl(text: string, said: string): Login {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    // The text may hold a password: it is not repeated.
    throw new Error(`${said} is no URL; expected mysql://user:password@host:port/?ssl-ca=/path/to/ca.pem`);
  }
  if (!DATABASE_SCHEME.test(url.protocol)) {
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
