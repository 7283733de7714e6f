import { AwsClient } from 'aws4fetch';
import { networkProblem } from './network-problem';

/**
 * Signs calls of an AWS service with the function's role, by aws4fetch (2.5 KB) and not by the AWS SDK's client: a few
 * calls of a few operations do not pay for the client's load time at each cold start.
 */
export function awsClient(service: string, region: string, environment: NodeJS.ProcessEnv): AwsClient {
  return new AwsClient({
    accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    ...(environment['AWS_SESSION_TOKEN'] ? { sessionToken: environment['AWS_SESSION_TOKEN'] } : {}),
    service,
    region,
  });
}

/** Why `fetch` got no answer. */
export interface Unreachable {
  readonly why: string;
  /** What to look at; null where that depends on the service. */
  readonly advice: string | null;
}

/** Reads the error of a `fetch` that got no answer. */
export function unreachable(error: unknown): Unreachable {
  const { cause, message, name } = error as Error & { readonly cause?: Error & { readonly code?: string } };
  // An error that stands for several addresses has a code and no message.
  const reason =
    [cause?.message, cause?.code, message].find((text) => text !== undefined && text !== '') ?? 'no reason';
  const problem = networkProblem(cause?.code ?? name);
  return { why: `${problem === null ? '' : `${problem.what}: `}${reason}`, advice: problem?.advice ?? null };
}
