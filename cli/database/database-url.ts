import { DATABASE_SCHEME } from '../../rehearsal/servers/database-url';
import { ExpectedFailure } from '../expected-failure';

/** A schema on a server, as a URL names it. */
export interface DatabaseUrl {
  readonly host: string;
  readonly port: number;
  /** Path of a socket of this machine, in place of host and port; null where there is none. */
  readonly socket: string | null;
  readonly user: string;
  /** Never printed. */
  readonly password: string;
  /** Name of the schema. */
  readonly database: string;
  readonly encryption: Encryption;
  /** Whether it is a server of this machine. */
  readonly isLoopback: boolean;
}

/** How the way to the server is protected. */
export type Encryption =
  | { readonly kind: 'none' }
  /** Nobody can listen, but the server may be another one. */
  | { readonly kind: 'unverified' }
  /** `caFile`: file with the authority of the certificate, in PEM; null: those that Node.js trusts. */
  | { readonly kind: 'verified'; readonly caFile: string | null };

/** The form that is expected of a URL. */
const URL_FORM = 'mysql://user:password@127.0.0.1:3306/schema';

/** What to do with characters that mean something else in a URL. */
export const ESCAPES = 'write @ : / # ? % of a password as %40 %3A %2F %23 %3F %25';

const DEFAULT_PORT = 3306;

/** The names of this machine. */
export const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i;

/** How golang-migrate and Go's driver write host and port. */
const GO_ADDRESS = /@tcp\(([^()]*)\)/;

/**
 * Takes a URL apart, as dbmate, Prisma, golang-migrate, Rails, SQLAlchemy and the server's own tools write it.
 *
 * @param givenBy who gave it, such as `--url`: what messages name, since the text may hold a password
 */
export function parseDatabaseUrl(text: string, givenBy: string): DatabaseUrl {
  const url = urlOf(text.trim(), givenBy);
  if (!DATABASE_SCHEME.test(url.protocol)) {
    const scheme = url.href.startsWith(`${url.protocol}//`) ? `${url.protocol}//` : url.protocol;
    throw wrong(givenBy, `begins with ${scheme}, and this works on MySQL, MariaDB and Aurora MySQL: write ${URL_FORM}`);
  }
  const host = decoded(url.hostname, givenBy).replace(/^\[|\]$/g, '') || 'localhost';
  // An empty one names none: the driver would then go to the host.
  const socket = url.searchParams.get('socket') || null;
  const isLoopback = socket !== null || LOOPBACK.test(host);
  const database = decoded(url.pathname.replace(/^\//, ''), givenBy);
  if (database === '' || database.includes('/')) {
    throw wrong(givenBy, `names no schema: add its name after the port, as in ${URL_FORM}`);
  }
  return {
    host,
    port: url.port === '' ? DEFAULT_PORT : Number(url.port),
    socket,
    user: decoded(url.username, givenBy) || 'root',
    password: decoded(url.password, givenBy),
    database,
    encryption: encryptionOf(url.searchParams, isLoopback, givenBy),
    isLoopback,
  };
}

/** Where the server is, as messages name it. */
export function placeOf({ host, port, socket }: Pick<DatabaseUrl, 'host' | 'port' | 'socket'>): string {
  return socket ?? `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function urlOf(text: string, givenBy: string): URL {
  try {
    return new URL(text.replace(GO_ADDRESS, '@$1').replace(/^([^/]*:\/\/[^/]*@)\//, '$1localhost/'));
  } catch {
    throw wrong(givenBy, `is no URL: expected ${URL_FORM}; ${ESCAPES}`);
  }
}

function decoded(text: string, givenBy: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw wrong(givenBy, 'has a percent sign that begins no code: write it as %25');
  }
}

/** Modes by MySQL's `ssl-mode`, by the `tls` of Go's driver and by Prisma's `sslaccept`. */
const MODES: Readonly<Record<string, Encryption['kind']>> = {
  disabled: 'none',
  false: 'none',
  preferred: 'unverified',
  required: 'unverified',
  'skip-verify': 'unverified',
  accept_invalid_certs: 'unverified',
  verify_ca: 'verified',
  verify_identity: 'verified',
  true: 'verified',
  strict: 'verified',
};

/** On the way out of this machine nothing goes in the clear, and to nobody but the server, unless the URL says so. */
function encryptionOf(parameters: URLSearchParams, isLoopback: boolean, givenBy: string): Encryption {
  const other = [...parameters.keys()].find((name) => /^(?:ssl|tls)/i.test(name) && !OWN.has(name));
  if (other !== undefined) throw wrong(givenBy, `has the parameter ${other}, and this knows ${[...OWN].join(', ')}`);
  const caFile = parameters.get('ssl-ca') ?? parameters.get('sslcert');
  const mode = parameters.get('ssl-mode') ?? parameters.get('tls') ?? parameters.get('sslaccept');
  if (mode === null) {
    return caFile === null && isLoopback ? { kind: 'none' } : { kind: 'verified', caFile };
  }
  const kind = MODES[mode.toLowerCase()];
  if (kind === undefined) {
    throw wrong(givenBy, `has the ssl-mode ${mode}: there are DISABLED, REQUIRED and VERIFY_IDENTITY`);
  }
  return kind === 'verified' ? { kind, caFile } : { kind };
}

const OWN: ReadonlySet<string> = new Set(['ssl-ca', 'ssl-mode', 'tls', 'sslcert', 'sslaccept']);

function wrong(givenBy: string, problem: string): ExpectedFailure {
  return new ExpectedFailure('url-unusable', `${givenBy} ${problem}. Nothing was done`);
}
