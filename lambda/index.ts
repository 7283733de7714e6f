import { runCommand } from './commands/run-command';
import { isCfnRequest, parseCfnRequest, type ParsedRequest } from './edges/cfn-request';
import { logPlace, sendReply, type Reply } from './edges/cfn-response';
import { jsonLog } from './edges/log';
import { putMetrics } from './edges/metrics';
import { parseStackStatus } from './edges/stack-events';
import { EMPTY_DATA, failed, type Answer } from './events/answer';
import { parseHttpRequest, respond } from './events/answer-http';
import { answerRequest } from './events/answer-request';
import { fittingAnswer } from './events/fitting-answer';
import { answerFailure } from './events/on-failure';
import { settle } from './events/settle-stack';
import { readCommand, type Fields } from './plan/command';
import { splitTally } from './plan/outcome';
import type { Log } from './ports';
import { attemptAt } from './work/attempt';
import { clockOf, worldOf, type LambdaContext } from './world';

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

/** Milliseconds before Lambda's time-out at which an answer must be delivered. */
const ANSWER_MARGIN = 1_000;

/** Carries out a request of CloudFormation and answers it. Throws to have Lambda try again. */
async function handleRequest(parsed: ParsedRequest, context: LambdaContext, log: Log): Promise<void> {
  if (parsed.kind === 'unanswerable') throw new Error(`${parsed.problem}; no SQL was run and nobody can be told`);
  const answer = parsed.kind === 'malformed' ? malformed(parsed) : await answerTo(parsed, context, log);
  if (answer === null) return;
  const reply =
    answer.status === 'FAILED' ? { ...answer, readAt: logPlace(context.logGroupName, context.logStreamName) } : answer;
  const { StackId: stackId, LogicalResourceId: logicalId } = parsed.replyTo;
  const resource = parsed.kind === 'malformed' ? { stackId, logicalId } : parsed.intent.request.resource;
  try {
    await sendReply(parsed.replyTo, reply, Date.now() + context.getRemainingTimeInMillis() - ANSWER_MARGIN, log);
  } catch (error) {
    // What was done counts here: the attempt that gives the answer finds it done.
    if (reply.tally !== undefined)
      putMetrics(resource, { status: 'SUCCESS', tally: splitTally(reply.tally).done }, null);
    throw error;
  }
  // Afterwards, so that each answer counts once.
  putMetrics(resource, reply, parsed.kind === 'malformed' ? null : parsed.intent.request.issuedAt);
}

/** The answer to a request; null where it gets none. Throws to have Lambda try again. */
async function answerTo(
  { intent }: ParsedRequest & { kind: 'request' },
  context: LambdaContext,
  log: Log,
): Promise<Reply | null> {
  const age = Date.now() - intent.request.issuedAt;
  const attempt = attemptAt(context.awsRequestId, age, context.getRemainingTimeInMillis());
  let answer: Answer;
  try {
    answer = await answerRequest(intent, { ...worldOf(context, log), attempt });
  } catch (error) {
    // A bug, or something that nobody thought of. The stack must not hang for it.
    const message = error instanceof Error ? error.message : String(error);
    log.error(`unexpected: ${message}`, { error: message, stack: error instanceof Error ? (error.stack ?? '') : '' });
    const state = 'What was applied is in the table migration; the rollback reverts it';
    answer = failed(intent, `${message}. ${state} [internal]`, false);
  }
  if (answer.kind === 'answer') return answer;
  if (answer.kind === 'silent') {
    log.info(`no answer: ${answer.because}`, { because: answer.because });
    return null;
  }
  if (answer.kind === 'try-again' && attempt.isLast) return failed(intent, answer.reason, attempt.isFirst);
  throw lastWords(answer.reason, context);
}

/**
 * What has Lambda try again. Where no attempt comes to an end, the other function is told no more than this. Without a stack:
 * it would be most of what the log shows, and says nothing of an end that was wanted.
 */
function lastWords(reason: string, { logGroupName, logStreamName }: LambdaContext): Error {
  const error = new Error(`${reason}${logPlace(logGroupName, logStreamName)}`);
  delete error.stack;
  return error;
}

function malformed({ problem, physicalId }: ParsedRequest & { kind: 'malformed' }): Reply {
  return { status: 'FAILED', physicalId, reason: `${problem}; no SQL was run [bad-request]`, data: EMPTY_DATA };
}
