import { runCommand } from '../commands/run-command';
import type { HttpRequest, HttpResponse } from './http-request';
import { jsonResponse } from './http-request';
import type { UpResult } from '../commands/up';
import type { Command } from '../plan/command';
import type { World } from '../world';

/** Answers a request to the function's URL. */
export async function respond(request: HttpRequest, world: World, requestId: string): Promise<HttpResponse> {
  if (request.kind === 'refused') return request.response;
  try {
    const command: Command = request.command === 'up' ? { kind: 'up' } : { kind: 'status', wantsDrift: false };
    const result = await runCommand(command, world, requestId);
    return request.command === 'up' ? responseTo(result as UpResult) : jsonResponse(200, result);
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
    default:
      return result satisfies never;
  }
}
