import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Lambda as an AWS SDK sees it, with one function. */
export interface LocalLambda {
  /** What a process needs to call it. */
  readonly environment: NodeJS.ProcessEnv;
  /** Events that the function got, oldest first. */
  readonly events: readonly Readonly<Record<string, unknown>>[];
  close(): void;
}

/** Answers Invoke as Lambda does: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export async function localLambda(
  name: string,
  handler: (event: Readonly<Record<string, unknown>>) => Promise<unknown>,
): Promise<LocalLambda> {
  const events: Readonly<Record<string, unknown>>[] = [];
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const event = JSON.parse(await text(request)) as Readonly<Record<string, unknown>>;
      if (request.method !== 'POST' || request.url !== `/2015-03-31/functions/${name}/invocations`) {
        response.writeHead(404).end();
        return;
      }
      events.push(event);
      const result = await handler(event).then(
        (value) => ({ headers: {}, value }),
        (error: unknown) => ({
          headers: { 'X-Amz-Function-Error': 'Unhandled' },
          value: { errorType: 'Error', errorMessage: error instanceof Error ? error.message : String(error) },
        }),
      );
      response.writeHead(200, { 'Content-Type': 'application/json', ...result.headers });
      response.end(JSON.stringify(result.value));
    };
    void answer();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    environment: {
      AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${port}`,
      ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'eu-west-1' },
    },
    events,
    close: () => void server.close(),
  };
}
