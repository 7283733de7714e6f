import { callAws, notReached } from './call-aws';
import { endpointOf } from './endpoint';
import { TRY_MS } from './database/network-problem';
import { sleep } from './timer';
import { failure, type Failure } from '../words/failure';

/** What the database's secret holds, or a token in its place. Never logged. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** The password is a token that IAM gave out: the server asks for it as it is and not for its hash. */
  readonly isIamToken?: true;
}

export type SecretResult =
  | { readonly kind: 'credentials'; readonly credentials: Credentials }
  | { readonly kind: 'failed'; readonly failure: Failure };

/**
 * Reads the database's secret. Nothing is kept between two calls: a password may be rotated at any time.
 *
 * @param secretArn its ARN; or its name, which is what emulators put in the place of an ARN
 */
export async function readSecret(
  secretArn: string,
  environment: NodeJS.ProcessEnv,
  tryForMs = TRY_MS,
): Promise<SecretResult> {
  const endpoint = endpointOf('secretsmanager', secretArn, environment);
  if (endpoint.kind === 'unknown') {
    return failed(`the secret ${secretArn} cannot be read: ${endpoint.problem}; no SQL was run`);
  }
  const call = {
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue' },
    body: JSON.stringify({ SecretId: secretArn }),
  };
  // For all tries together. Without a route to the endpoint a connection hangs; Secrets Manager answers within a second.
  const deadline = Date.now() + tryForMs;
  try {
    for (let tries = 0; ; tries += 1) {
      const pause = PAUSES_MS[tries];
      const { status, body } = await callAws('secretsmanager', endpoint, environment, call, deadline - Date.now());
      if (status === 200) return parse(secretArn, body);
      if (pause === undefined || !isPassing(status, body) || Date.now() + pause >= deadline)
        return refused(secretArn, status, body);
      await sleep(pause);
    }
  } catch (error) {
    return failed(notReached('Secrets Manager', endpoint, error, '; no SQL was run'));
  }
}

/** Before another try. */
const PAUSES_MS = [200, 800, 2_000];

/** Throttling has the status of a mistake of ours. */
function isPassing(status: number, body: string): boolean {
  return status >= 500 || status === 429 || errorType(body) === 'ThrottlingException';
}

function errorType(body: string): string {
  return /"__type"\s*:\s*"(?:[^"#]*#)?([A-Za-z]+)"/.exec(body)?.[1] ?? 'no error type';
}

function parse(secretArn: string, body: string): SecretResult {
  try {
    const { SecretString } = JSON.parse(body) as { readonly SecretString?: string };
    const { username, password } = JSON.parse(SecretString ?? '') as Partial<Credentials>;
    if (typeof username === 'string' && typeof password === 'string') {
      return { kind: 'credentials', credentials: { username, password } };
    }
  } catch {
    // The parser's message would quote the secret.
  }
  return failed(
    `the secret ${secretArn} is not a JSON object with "username" and "password"; no SQL was run. Give the construct the database's own secret`,
  );
}

function refused(secretArn: string, status: number, body: string): SecretResult {
  return failed(
    `Secrets Manager refused to give the secret ${secretArn} (HTTP ${status}, ${errorType(body)}); no SQL was run. ` +
      `Check that it exists and that the function's role may read it and use its KMS key`,
  );
}

function failed(message: string): SecretResult {
  return { kind: 'failed', failure: failure('cannot-read-secret', message) };
}
