import { runCommand } from '../commands/run-command';
import type { UpResult } from '../commands/up';
import type { Command, Fields } from '../plan/command';
import type { World } from '../world';

/** A request to the function's URL, or what it is answered at once. */
export type HttpRequest =
  | { readonly kind: 'command'; readonly command: HttpCommand }
  | { readonly kind: 'refused'; readonly response: HttpResponse };

/** What Lambda makes an HTTP response of. */
export interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type HttpCommand = Command & { readonly kind: 'up' | 'status' };

/** The paths there are, and the one method of each. */
const ROUTES: Readonly<Record<string, { readonly method: string; readonly command: HttpCommand }>> = {
  '/migrate': { method: 'POST', command: { kind: 'up' } },
  '/status': { method: 'GET', command: { kind: 'status', wantsDrift: false } },
};

/**
 * Reads an event of the function's URL; null for any other event. IAM has let the caller in before.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html (payload format 2.0)
 */
export function parseHttpRequest(event: Fields): HttpRequest | null {
  const context = event['requestContext'] as
    { readonly http?: { readonly method?: unknown } | null } | null | undefined;
  const http = context?.http;
  if (http === undefined || http === null) return null;
  const path = typeof event['rawPath'] === 'string' ? event['rawPath'] : '';
  const route = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
  if (route === undefined)
    return refused(404, `there is no ${path}; there are ${Object.keys(ROUTES).join(' and ')}`, {});
  if (http.method !== route.method) {
    return refused(405, `${path} takes ${route.method}`, { allow: route.method });
  }
  // Whoever sends something has more in mind than the path says, such as a dry run.
  if (isSaying(event['rawQueryString']) || isSaying(event['body'])) {
    return refused(400, `${path} takes no query and no body; nothing was done`, {});
  }
  return { kind: 'command', command: route.command };
}

/** An empty object is what some clients send where nothing is to be sent. */
function isSaying(value: unknown): boolean {
  return !['', '{}', undefined, null].includes(value as string);
}

/** Answers a request to the function's URL. */
export async function respond(request: HttpRequest, world: World, requestId: string): Promise<HttpResponse> {
  if (request.kind === 'refused') return request.response;
  try {
    const result = await runCommand(request.command, world, requestId);
    return request.command.kind === 'up' ? responseTo(result as UpResult) : jsonResponse(200, result);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    world.log.error(`unexpected: ${message}`, { error: message });
    return jsonResponse(500, { error: message });
  }
}

function responseTo(result: UpResult): HttpResponse {
  switch (result.kind) {
    case 'applied':
      return jsonResponse(200, { applied: result.applied, version: result.version });
    case 'refused':
      return jsonResponse(409, { error: result.failure.message, code: result.failure.code });
    case 'failed':
      return jsonResponse(500, { error: result.reason });
  }
}

function jsonResponse(statusCode: number, body: unknown, headers: HttpResponse['headers'] = {}): HttpResponse {
  return {
    statusCode,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}

function refused(statusCode: number, error: string, headers: HttpResponse['headers']): HttpRequest {
  return { kind: 'refused', response: jsonResponse(statusCode, { error }, headers) };
}
