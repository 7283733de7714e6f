import { sign, type Credentials } from 'aws4';
import type { Endpoint, Service } from './endpoint';
import { explainUnreached } from './database/network-problem';
import { sendRequest, type HttpAnswer } from './send-request';

type Reached = Endpoint & { readonly kind: 'endpoint' };

/** What is asked of a service. */
export interface AwsCall {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Calls a service of AWS with the function's role, signed by aws4 (3 KB) and not by the AWS SDK's client: a few calls of a few
 * operations do not pay for the client's load time at each cold start.
 *
 * @throws as `sendRequest`
 */
export function callAws(
  service: Service,
  { url, region }: Reached,
  environment: NodeJS.ProcessEnv,
  { headers, body }: AwsCall,
  timeoutMs: number,
): Promise<HttpAnswer> {
  const { host, pathname } = new URL(url);
  const signed = sign({ service, region, method: 'POST', host, path: pathname, headers, body }, roleIn(environment));
  return sendRequest({ url, method: 'POST', headers: signed.headers ?? {}, body }, timeoutMs);
}

/** The credentials of the function's role, as Lambda gives them. */
export function roleIn(environment: NodeJS.ProcessEnv): Required<Omit<Credentials, 'sessionToken'>> & Credentials {
  const sessionToken = environment['AWS_SESSION_TOKEN'];
  return {
    accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    ...(sessionToken && { sessionToken }),
  };
}

/** What to say where a service gave no answer: the error of `callAws`, and what to look at. */
export function notReached(service: string, { url, setBy }: Reached, thrown: unknown, state = ''): string {
  const { why, advice } = explainUnreached(
    thrown as NodeJS.ErrnoException,
    `The function's subnets need an interface endpoint for ${service}, or a NAT gateway; ` +
      "the endpoint's security group must let the function's in on port 443",
  );
  const where = setBy === null ? '' : `. The variable ${setBy} says that it is there`;
  return `${service} at ${new URL(url).host} cannot be reached (${why})${state}. ${advice}${where}`;
}
