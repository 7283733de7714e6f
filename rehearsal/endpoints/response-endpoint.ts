import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Authority } from '../servers/certificates';
import { type LoopbackServer, startLoopbackServer } from './loopback-server';
import { type Answer, checkAnswer, type Expectation } from './response-checks';

/** A request that an answer is waited for. */
export interface ExpectedAnswer {
  /** The `ResponseURL`. */
  readonly url: string;
  /** Resolves with the first answer; never, where none comes. */
  readonly answer: Promise<Answer>;
}

/**
 * What an answer of the endpoint can be made to be instead of 200: S3 has too much to do, the policy of a VPC's endpoint
 * refuses, the URL is too old, the connection ends, or nothing comes back.
 */
export type EndpointFault = 'status-503' | 'denied' | 'expired' | 'reset' | 'hang';

/** The S3 bucket of CloudFormation that answers are put into, with a check of each of them. */
export class ResponseEndpoint {
  readonly #server: LoopbackServer;
  readonly #open: Map<string, OpenRequest>;
  readonly #faults: EndpointFault[];

  private constructor(server: LoopbackServer, open: Map<string, OpenRequest>, faults: EndpointFault[]) {
    this.#server = server;
    this.#open = open;
    this.#faults = faults;
  }

  /** @param onStray - told of answers that nobody waits for */
  static async start(authority: Authority, onStray: (violation: string) => void): Promise<ResponseEndpoint> {
    const open = new Map<string, OpenRequest>();
    const faults: EndpointFault[] = [];
    const server = await startLoopbackServer(authority, (request, body, response) => {
      onAnswer(request, body, response, { open, fault: faults.shift(), onStray });
    });
    return new ResponseEndpoint(server, open, faults);
  }

  /** Makes the URL of a request and waits for what is put there. */
  expect(
    expectation: Omit<Expectation, 'url'>,
    onViolation: (violation: string) => void,
    signedAt = new Date(),
  ): ExpectedAnswer {
    const { stackId, logicalResourceId, requestId } = expectation;
    const signature = randomBytes(32).toString('hex');
    const query = new URLSearchParams({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Date': signedAt.toISOString().replace(/[-:]|\.\d+/g, ''),
      'X-Amz-SignedHeaders': 'host',
      'X-Amz-Expires': '7200',
      'X-Amz-Signature': signature,
    });
    const key = encodeURIComponent(`${stackId}|${logicalResourceId}|${requestId}`);
    const url = `${this.#server.origin}/${key}?${query.toString()}`;

    const answer = new Promise<Answer>((resolve) => {
      this.#open.set(signature, {
        expectation: { ...expectation, url },
        resolve,
        onViolation,
        allowed: 1,
        answers: [],
      });
    });
    return { url, answer };
  }

  /** Lets one more answer come without calling it a violation: the event is delivered once more. */
  allowAnother(url: string): void {
    const request = this.#open.get(signatureOf(url));
    if (request !== undefined) request.allowed += 1;
  }

  /** All answers that were put to a URL; only the first one counts. */
  answersTo(url: string): readonly Answer[] {
    return this.#open.get(signatureOf(url))?.answers ?? [];
  }

  /** Lets the next `count` answers fail on their way, so that they must be sent again. */
  failNext(count: number, fault: EndpointFault = 'status-503'): void {
    for (let i = 0; i < count; i += 1) this.#faults.push(fault);
  }

  async stop(): Promise<void> {
    await this.#server.close();
  }
}

interface OpenRequest {
  readonly expectation: Expectation;
  readonly resolve: (answer: Answer) => void;
  readonly onViolation: (violation: string) => void;
  readonly answers: Answer[];
  allowed: number;
}

interface Reception {
  readonly open: ReadonlyMap<string, OpenRequest>;
  readonly fault: EndpointFault | undefined;
  readonly onStray: (violation: string) => void;
}

function onAnswer(
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
  { open, fault, onStray }: Reception,
): void {
  const found = open.get(signatureOf(request.url ?? '/'));
  if (found === undefined || !found.expectation.url.endsWith(request.url ?? '')) {
    onStray(`an answer went to a URL that nobody was given: ${request.url?.split('?')[0]}`);
    response.writeHead(403).end('<Error><Code>SignatureDoesNotMatch</Code></Error>');
    return;
  }
  switch (fault) {
    case 'reset':
      request.socket.destroy();
      return;
    case 'status-503':
      response.writeHead(503).end('<Error><Code>SlowDown</Code></Error>');
      return;
    case 'denied':
      response.writeHead(403).end('<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>');
      return;
    case 'expired':
      response.writeHead(403).end('<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>');
      return;
    case 'hang':
      return;
    case undefined:
  }

  const { expectation, onViolation } = found;
  const about = `${expectation.logicalResourceId}, ${expectation.requestType} ${expectation.requestId}`;
  const { answer, violations } = checkAnswer(request.method, request.headers, body, expectation);
  for (const violation of violations) onViolation(`${about}: ${violation}`);
  found.answers.push(answer);
  if (found.answers.length > found.allowed) {
    onViolation(`${about}: answer number ${found.answers.length}, where ${found.allowed} may come`);
  }
  // Also where the client does not live to read the response: S3 has the answer then.
  response.once('close', () => found.resolve(answer));
  response.writeHead(200).end();
}

function signatureOf(url: string): string {
  return new URL(url, 'https://127.0.0.1').searchParams.get('X-Amz-Signature') ?? '';
}
