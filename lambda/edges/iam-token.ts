import { AwsV4Signer } from 'aws4fetch';
import { failure } from '../words/failure';
import { roleIn } from './aws-client';
import { regionOf } from './endpoint';
import type { Address } from './mysql';
import type { SecretResult } from './secret';

/** For how long a token opens sessions; one that is open stays open. */
const LIFETIME_SECONDS = 900;

/**
 * Signs the token that stands in for a password where the database authenticates by IAM. Nothing is asked over the
 * network: the function needs no endpoint for it.
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.html
 */
export async function signIamToken(
  address: Address,
  user: string,
  environment: NodeJS.ProcessEnv,
  now = new Date(),
): Promise<SecretResult> {
  const region = regionOf('', environment) ?? '';
  const role = roleIn(environment);
  if (region === '' || role.accessKeyId === '' || role.secretAccessKey === '') {
    const message = `the function has no credentials or no region to sign a token for ${user} with; no SQL was run`;
    return { kind: 'failed', failure: failure('cannot-read-secret', message) };
  }
  const url = new URL(`https://${address.host}:${address.port}/`);
  url.searchParams.set('Action', 'connect');
  url.searchParams.set('DBUser', user);
  url.searchParams.set('X-Amz-Expires', String(LIFETIME_SECONDS));
  const signer = new AwsV4Signer({
    method: 'GET',
    url: url.href,
    ...role,
    service: 'rds-db',
    region,
    datetime: now.toISOString().replace(/[:-]|\.\d{3}/g, ''),
    signQuery: true,
  });
  // The query as it was signed: URLSearchParams would write a blank as a plus.
  const token = `${url.host}/?${signer.encodedSearch}&X-Amz-Signature=${await signer.signature()}`;
  return { kind: 'credentials', credentials: { username: user, password: token, isIamToken: true } };
}
