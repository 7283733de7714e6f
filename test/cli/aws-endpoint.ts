import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What Lambda answers to an invocation. */
export type Invoked =
  | { readonly kind: 'returned'; readonly payload: unknown }
  /** The function ended with an error. */
  | { readonly kind: 'function-error'; readonly payload: object }
  /** Lambda itself does not do it. */
  | { readonly kind: 'refused'; readonly status: number; readonly type: string; readonly message: string }
  /** Something on the way answers in the place of AWS. */
  | { readonly kind: 'raw'; readonly status: number; readonly body: string }
  /** The connection ends in the middle. */
  | { readonly kind: 'cut' };

export interface ListedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
}

/** What the endpoint knows. */
export interface PlayedAws {
  /** The resources of a stack; undefined where there is no such stack. */
  readonly resources: (stack: string) => readonly ListedResource[] | 'denied' | undefined;
  /** Status with which something on the way answers in the place of CloudFormation; absent: nothing does. */
  readonly proxy?: number;
  readonly invoke: (name: string, event: unknown) => Promise<Invoked>;
}

export interface AwsEndpoint {
  /** For AWS_ENDPOINT_URL. */
  readonly url: string;
  /** Invocations so far, by the function's name. */
  readonly invoked: readonly { readonly name: string; readonly event: unknown }[];
  close(): Promise<void>;
}

/** Lambda's and CloudFormation's wire protocols, as far as the program uses them. A call without a signature is refused. */
export async function startAwsEndpoint(aws: PlayedAws): Promise<AwsEndpoint> {
  const invoked: { readonly name: string; readonly event: unknown }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => void answer(request, Buffer.concat(chunks).toString('utf8'), response, aws, invoked));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    invoked,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(
  request: IncomingMessage,
  body: string,
  response: ServerResponse,
  aws: PlayedAws,
  invoked: { readonly name: string; readonly event: unknown }[],
): Promise<void> {
  if (!/^AWS4-HMAC-SHA256 Credential=/.test(request.headers.authorization ?? '')) {
    response.writeHead(403).end();
    return;
  }
  const [, name] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(request.url ?? '') ?? [];
  if (name === undefined) {
    if (aws.proxy === undefined) listResources(new URLSearchParams(body), response, aws);
    else response.writeHead(aws.proxy, { 'content-type': 'text/html' }).end('<html>proxy</html>');
    return;
  }
  const event: unknown = JSON.parse(body);
  invoked.push({ name: decodeURIComponent(name), event });
  const result = await aws.invoke(decodeURIComponent(name), event);
  switch (result.kind) {
    case 'returned':
      response.writeHead(200).end(JSON.stringify(result.payload));
      break;
    case 'function-error':
      response.writeHead(200, { 'X-Amz-Function-Error': 'Unhandled' }).end(JSON.stringify(result.payload));
      break;
    case 'refused':
      response
        .writeHead(result.status, { 'x-amzn-errortype': result.type, 'content-type': 'application/json' })
        .end(JSON.stringify({ Message: result.message }));
      break;
    case 'raw':
      response.writeHead(result.status, { 'content-type': 'text/html' }).end(result.body);
      break;
    case 'cut':
      request.socket.destroy();
      break;
    default:
      result satisfies never;
  }
}

/** The Query protocol, in pages of two. */
function listResources(parameters: URLSearchParams, response: ServerResponse, { resources }: PlayedAws): void {
  if (parameters.get('Action') !== 'ListStackResources') {
    response.writeHead(400).end();
    return;
  }
  const stack = parameters.get('StackName') ?? '';
  const all = resources(stack);
  if (all === undefined) {
    refuse(response, 400, 'ValidationError', `Stack with id ${stack} does not exist`);
    return;
  }
  if (all === 'denied') {
    refuse(response, 403, 'AccessDenied', 'User: me is not authorized');
    return;
  }
  const start = Number(parameters.get('NextToken') ?? 0);
  const members = all
    .slice(start, start + 2)
    .map(
      ({ logicalId, type, physicalId }) =>
        `<member><LogicalResourceId>${logicalId}</LogicalResourceId><ResourceType>${type}</ResourceType>` +
        `<PhysicalResourceId>${physicalId}</PhysicalResourceId><ResourceStatus>CREATE_COMPLETE</ResourceStatus>` +
        '<LastUpdatedTimestamp>2026-01-01T00:00:00Z</LastUpdatedTimestamp></member>',
    );
  const next = start + 2 < all.length ? `<NextToken>${start + 2}</NextToken>` : '';
  response
    .writeHead(200, { 'content-type': 'text/xml' })
    .end(
      `<ListStackResourcesResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><ListStackResourcesResult>` +
        `<StackResourceSummaries>${members.join('')}</StackResourceSummaries>${next}</ListStackResourcesResult></ListStackResourcesResponse>`,
    );
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response
    .writeHead(status, { 'content-type': 'text/xml' })
    .end(
      `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
    );
}
