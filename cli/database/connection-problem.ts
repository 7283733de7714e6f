import { networkProblem } from '../../lambda/edges/database/network-problem';
import { ExpectedFailure } from '../expected-failure';
import { placeOf, type DatabaseUrl } from './database-url';
import { Unfit } from './open-session';

/** Why the server of a URL cannot be used, for people; anything that is not of the connection is thrown on as it is. */
export function connectionProblem(error: unknown, url: DatabaseUrl, givenBy: string): unknown {
  if (error instanceof Unfit) return failed('cannot-connect', `${error.message}. No SQL was run`);
  if (!(error instanceof Error)) return error;
  const { code = '' } = error as Error & { readonly code?: string };
  const found = explained(code, error.message, url, givenBy);
  return found === null ? error : failed('cannot-connect', `${found}. No SQL was run`);
}

function explained(code: string, message: string, url: DatabaseUrl, givenBy: string): string | null {
  const place = placeOf(url);
  const { user, database, encryption } = url;
  const name = `the server at ${place}`;
  switch (code) {
    case 'ER_ACCESS_DENIED_ERROR':
      return `${name} refuses the user ${user}${url.password === '' ? ', who gave no password' : ' or the password'} (${message}): correct ${givenBy}`;
    case 'ER_BAD_DB_ERROR':
      return `${name} has no schema ${database}: create it, or correct the name in ${givenBy}`;
    case 'ER_DBACCESS_DENIED_ERROR':
      return `${name} does not let ${user} use the schema ${database} (${message}): grant it, or correct ${givenBy}`;
    case 'HANDSHAKE_NO_SSL_SUPPORT':
      return `${name} offers no TLS: where the way to it is safe without, add ?ssl-mode=DISABLED to ${givenBy}`;
    case 'ENOENT':
      return url.socket === null && encryption.kind === 'verified' && encryption.caFile !== null
        ? `there is no file ${encryption.caFile}: correct ssl-ca in ${givenBy}`
        : `there is no socket ${place}: is the server running? Else correct socket in ${givenBy}`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `there is no host ${url.host} (${code}): correct ${givenBy}. A cluster in a VPC is reached only from within it`;
    case 'ECONNREFUSED':
      return `nothing listens at ${place}: start the server, or correct host and port in ${givenBy}`;
    case 'ETIMEDOUT':
      return `nothing came back from ${place} for 8 s: is the server reachable from here? A cluster in a VPC is reached only from within it, or through a tunnel`;
    default:
      break;
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return (
      `the certificate of ${name} is of another name (${message}): give the host that it names in ${givenBy}, or, through a tunnel, ` +
      'add ?ssl-mode=REQUIRED to encrypt without looking whose server it is'
    );
  }
  if (/CERT|SSL|TLS|ALTNAME|SIGNATURE|SELF_SIGNED/i.test(code)) {
    return (
      `the certificate of ${name} is not trusted (${message}): name the file of its authority in ${givenBy}, ?ssl-ca=/path/to/ca.pem ` +
      `(of RDS: https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem), or add ?ssl-mode=REQUIRED to encrypt without looking whose server it is`
    );
  }
  const problem = networkProblem(code);
  if (problem !== null) return `${place} cannot be reached, ${problem.what} (${message})`;
  return /^(?:ER_|PROTOCOL_)/.test(code) ? `connecting to ${place} as ${user} failed (${code}: ${message})` : null;
}

function failed(code: string, message: string): ExpectedFailure {
  return new ExpectedFailure(code, message);
}
