import { AwsClient } from 'aws4fetch';
import type { Endpoint } from './endpoint';
import { networkProblem } from './network-problem';

type Reached = Endpoint & { readonly kind: 'endpoint' };

/**
 * Signs calls of an AWS service with the function's role, by aws4fetch (2.5 KB) and not by the AWS SDK's client: a few
 * calls of a few operations do not pay for the client's load time at each cold start.
 */
export function awsClient(service: string, region: string, environment: NodeJS.ProcessEnv): AwsClient {
  return new AwsClient({ ...roleIn(environment), service, region });
}

/** The credentials of the function's role, as Lambda gives them. */
export function roleIn(
  environment: NodeJS.ProcessEnv,
): Pick<AwsClient, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'> {
  return {
    accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    sessionToken: environment['AWS_SESSION_TOKEN'] || undefined,
  };
}

/** What to say where `fetch` got no answer of a service: its error, and what to look at. */
export function notReached(service: string, { url, setBy }: Reached, thrown: unknown, state = ''): string {
  const { cause, message, name } = thrown as Error & { readonly cause?: Error & { readonly code?: string } };
  // An error that stands for several addresses has a code and no message.
  const reason =
    [cause?.message, cause?.code, message].find((text) => text !== undefined && text !== '') ?? 'no reason';
  const problem = networkProblem(cause?.code ?? name);
  const why = `${problem === null ? '' : `${problem.what}: `}${reason}`;
  const advice =
    problem?.advice ??
    `The function's subnets need an interface endpoint for ${service}, or a NAT gateway; ` +
      "the endpoint's security group must let the function's in on port 443";
  const where = setBy === null ? '' : `. The variable ${setBy} says that it is there`;
  return `${service} at ${new URL(url).host} cannot be reached (${why})${state}. ${advice}${where}`;
}
