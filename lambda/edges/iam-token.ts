import { sign } from 'aws4';
import { failure } from '../words/failure';
import { roleIn } from './call-aws';
import { regionOf } from './endpoint';
import type { Address } from './database/mysql';
import type { SecretResult } from './secret';

/** For how long a token opens sessions; one that is open stays open. */
const LIFETIME_SECONDS = 900;

/**
 * Signs the token that stands in for a password where the database authenticates by IAM. Nothing is asked over the
 * network: the function needs no endpoint for it.
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.html
 */
export function signIamToken(
  address: Address,
  user: string,
  environment: NodeJS.ProcessEnv,
  now = new Date(),
): SecretResult {
  const region = regionOf('', environment) ?? '';
  const role = roleIn(environment);
  if (region === '' || role.accessKeyId === '' || role.secretAccessKey === '') {
    const message = `the function has no credentials or no region to sign a token for ${user} with; no SQL was run`;
    return { kind: 'failed', failure: failure('cannot-read-secret', message) };
  }
  const { host, path } = sign(
    {
      method: 'GET',
      host: `${address.host.toLowerCase()}:${address.port}`,
      path: `/?Action=connect&DBUser=${encodeURIComponent(user)}&X-Amz-Expires=${LIFETIME_SECONDS}&X-Amz-Date=${now.toISOString().replace(/[:-]|\.\d{3}/g, '')}`,
      service: 'rds-db',
      region,
      signQuery: true,
    },
    role,
  );
  return { kind: 'credentials', credentials: { username: user, password: `${host}${path}`, isIamToken: true } };
}
