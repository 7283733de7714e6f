import { ExpectedFailure } from '../expected-failure';

/** What was asked of AWS, for messages. */
export interface AwsCall {
  /** Such as `invoking the function Shop-Migrations`. */
  readonly doing: string;
  /** What the caller needs for it, such as `lambda:InvokeFunction on the function`. */
  readonly permission: string;
  /** What the state is now, as a sentence. */
  readonly state: string;
}

/** An error of the AWS SDK. */
type AwsError = Error & {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
};

/** Something on the way has answered in the place of AWS. */
export class NotAws extends Error {
  constructor(readonly $metadata: AwsError['$metadata']) {
    super('what answers is not AWS');
  }
}

export const LOOK_AT_NETWORK = 'Look at the network, HTTPS_PROXY, --region and AWS_ENDPOINT_URL.';

/** Why AWS did not do what it was asked for, for people; an error of another kind is given back as it is. */
export function awsProblem(error: unknown, { doing, permission, state }: AwsCall): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, code = '' } = error as AwsError;
  const fail = (stable: string, problem: string, todo: string): ExpectedFailure =>
    new ExpectedFailure(stable, `${doing} failed: ${problem}. ${state} ${todo}`);
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') {
    const todo = 'Log in (aws sso login, aws configure), or name a profile with --profile.';
    return fail('no-credentials', `there are no credentials of AWS (${oneLine(message)})`, todo);
  }
  if (/^Region (?:is missing|not accepted)/.test(message)) {
    return fail('no-region', 'no region is known', 'Name one with --region, in AWS_REGION or in the profile.');
  }
  if (EXPIRED.has(name)) {
    return fail(
      'no-credentials',
      `AWS does not accept the credentials (${name}: ${oneLine(message)})`,
      'Log in again.',
    );
  }
  if (DENIED.has(name)) {
    return fail('access-denied', `AWS denies it (${oneLine(message)})`, `It takes ${permission}.`);
  }
  if (THROTTLED.has(name)) {
    return fail('throttled', `AWS is asked too often at the moment (${oneLine(message)})`, 'Try again in a minute.');
  }
  if (error instanceof NotAws || /Deserialization error/.test(message)) {
    const status = (error as AwsError).$metadata?.httpStatusCode;
    const which = status === undefined ? '' : ` (HTTP ${status})`;
    return fail('aws-unreachable', `what answers is not AWS, but maybe a proxy on the way${which}`, LOOK_AT_NETWORK);
  }
  if (name === 'TimeoutError' || NETWORK.test(code) || NETWORK.test(name)) {
    return fail('aws-unreachable', `AWS cannot be reached (${oneLine(message) || code || name})`, LOOK_AT_NETWORK);
  }
  if ('$metadata' in error) return fail('aws-refused', `${name}: ${oneLine(message)}`, 'See to that, and try again.');
  return error;
}

const EXPIRED: ReadonlySet<string> = new Set([
  'ExpiredToken', 'ExpiredTokenException', 'UnrecognizedClientException', 'InvalidClientTokenId',
  'SignatureDoesNotMatch', 'InvalidSignatureException', 'IncompleteSignature', 'MissingAuthenticationToken',
]); // prettier-ignore

const DENIED: ReadonlySet<string> = new Set(['AccessDenied', 'AccessDeniedException']);

const THROTTLED: ReadonlySet<string> = new Set(['Throttling', 'ThrottlingException', 'TooManyRequestsException']);

const NETWORK = /^(?:E[A-Z_]+|UND_ERR_\w+|ERR_(?:TLS|SSL)\w*|CERT_\w+|DEPTH_\w+|SELF_SIGNED\w+|UNABLE_TO\w+)$/;

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/\.$/, '').trim();
}
