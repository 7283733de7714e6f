import { runCommand } from './commands/run-command';
import type { Fields } from './edges/cfn-request';
import { isCfnRequest, parseCfnRequest } from './edges/cfn-request';
import { parseHttpRequest } from './events/http-request';
import { jsonLog } from './edges/log';
import { parseStackStatus } from './edges/stack-events';
import { fittingAnswer } from './events/fitting-answer';
import { handleRequest } from './events/handle-request';
import { answerFailure } from './events/on-failure';
import { readCommand } from './plan/command';
import { respond } from './events/answer-http';
import { settle } from './events/settle-stack';
import type { LambdaContext } from './world';
import { clockOf, worldOf } from './world';

/**
 * The function. Its events are CloudFormation's custom resource requests, status changes of its own stack, and commands;
 * anything else is an error, and no SQL is run.
 */
export async function handler(event: unknown, context: LambdaContext): Promise<unknown> {
  const log = jsonLog({ requestId: context.awsRequestId });
  if (typeof event !== 'object' || event === null) throw new Error('unknown event: not an object; no SQL was run');
  const fields = event as Fields;
  if (isCfnRequest(fields)) return handleRequest(parseCfnRequest(fields, Date.now()), context, log);

  const status = parseStackStatus(fields);
  if (status !== null) return settle(status, worldOf(context, log));
  const http = parseHttpRequest(fields);
  if (http !== null) return respond(http, worldOf(context, log), context.awsRequestId);
  const command = readCommand(fields);
  if (command?.kind === 'unreadable') throw new Error(`${command.problem}; no SQL was run`);
  if (command !== null) return fittingAnswer(await runCommand(command, worldOf(context, log), context.awsRequestId));
  const keys = Object.keys(fields).slice(0, 5).join(', ');
  throw new Error(
    `unknown event with the keys ${keys}: neither a request of CloudFormation, nor a status of its stack, nor a command; no SQL was run`,
  );
}

/** The handler of the other function, which Lambda calls when all attempts of this one have failed. */
export async function onFailure(event: unknown, context: LambdaContext): Promise<void> {
  const log = jsonLog({ requestId: context.awsRequestId });
  await answerFailure(event as Parameters<typeof answerFailure>[0], log, clockOf(context), context.logGroupName);
}
