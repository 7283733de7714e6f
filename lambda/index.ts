import type { Answer } from './answer';
import { EMPTY_DATA, failed } from './answer';
import { attemptAt } from './attempt';
import { runCommand } from './commands';
import { deploy } from './deploy';
import { databaseAuthorities } from './edges/authorities';
import type { Fields, ParsedRequest } from './edges/cfn-request';
import { isCfnRequest, parseCfnRequest } from './edges/cfn-request';
import type { Reply } from './edges/cfn-response';
import { logPlace, sendReply } from './edges/cfn-response';
import { openSession } from './edges/database-connection';
import type { Settings } from './edges/environment';
import { readSettings } from './edges/environment';
import { parseHttpRequest } from './edges/http';
import { signIamToken } from './edges/iam-token';
import { jsonLog } from './edges/log';
import { putMetrics } from './edges/metrics';
import { ownScripts, readManifest } from './edges/own-scripts';
import type { SecretResult } from './edges/secret';
import { readSecret } from './edges/secret';
import { rdsSnapshots } from './edges/snapshot';
import { parseStackStatus } from './edges/stack-events';
import { sleep } from './edges/timer';
import type { Clock, Log } from './engine/ports';
import { logAnswer } from './log-answer';
import { answerFailure } from './on-failure';
import { readCommand } from './plan/command';
import type { Resource } from './plan/intent';
import { respond } from './respond';
import { settle } from './settle';
import type { World } from './world';

/** What Lambda tells a function of an invocation; no more than nodejs22.x and nodejs24.x both have. */
export interface LambdaContext {
  readonly awsRequestId: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  getRemainingTimeInMillis(): number;
}

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
  if (command !== null) return runCommand(command, worldOf(context, log), context.awsRequestId);
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

async function handleRequest(parsed: ParsedRequest, context: LambdaContext, log: Log): Promise<void> {
  if (parsed.kind === 'unanswerable') throw new Error(`${parsed.problem}; no SQL was run and nobody can be told`);
  const answer = await replyFor(parsed, context, log);
  if (answer === null) return;
  const reply =
    answer.status === 'FAILED' ? { ...answer, readAt: logPlace(context.logGroupName, context.logStreamName) } : answer;
  logAnswer(log, reply);
  await sendReply(parsed.replyTo, reply, Date.now() + context.getRemainingTimeInMillis() - ANSWER_MARGIN, log);
  // Afterwards, so that each answer counts once: one that does not get through is given by the other function.
  putMetrics(resourceOf(parsed), reply, parsed.kind === 'request' ? parsed.intent.request.issuedAt : null);
}

function resourceOf(parsed: Exclude<ParsedRequest, { kind: 'unanswerable' }>): Resource {
  const { StackId, LogicalResourceId } = parsed.replyTo;
  return parsed.kind === 'request'
    ? parsed.intent.request.resource
    : { stackId: StackId, logicalId: LogicalResourceId };
}

/** The answer to a request; null where it gets none. Throws to have Lambda try again. */
async function replyFor(
  parsed: Exclude<ParsedRequest, { kind: 'unanswerable' }>,
  context: LambdaContext,
  log: Log,
): Promise<Reply | null> {
  switch (parsed.kind) {
    case 'malformed':
      return malformed(parsed);
    case 'request':
      return carryOut(parsed, context, log);
    default:
      return parsed satisfies never;
  }
}

async function carryOut(
  { intent }: ParsedRequest & { kind: 'request' },
  context: LambdaContext,
  log: Log,
): Promise<Reply | null> {
  const age = Date.now() - intent.request.issuedAt;
  const attempt = attemptAt(context.awsRequestId, age, context.getRemainingTimeInMillis());
  let answer: Answer;
  try {
    answer = await deploy(intent, { ...worldOf(context, log), attempt });
  } catch (error) {
    // A bug, or something that nobody thought of. The stack must not hang for it.
    const message = error instanceof Error ? error.message : String(error);
    log.error(`unexpected: ${message}`, { error: message, stack: error instanceof Error ? (error.stack ?? '') : '' });
    answer = failed(
      intent,
      `${message}. What was applied is in the table migration; the rollback takes it back [internal]`,
      false,
    );
  }
  switch (answer.kind) {
    case 'silent':
      log.info(`no answer: ${answer.because}`, { because: answer.because });
      return null;
    case 'try-again':
      if (!attempt.isLast) throw lastWords(answer.reason, context);
      return failed(intent, answer.reason, attempt.isFirst);
    case 'go-on':
      throw lastWords(answer.reason, context);
    case 'answer':
      return answer;
    default:
      return answer satisfies never;
  }
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

function worldOf(context: LambdaContext, log: Log): World {
  const settings = readSettings(process.env);
  const clock = clockOf(context);
  const { snapshot } = settings;
  let connections = 0;
  return {
    ...(snapshot !== null && { snapshots: rdsSnapshots(snapshot.of, snapshot.when, process.env) }),
    clock,
    log,
    rootStackId: settings.rootStackId,
    code: readManifest(__dirname),
    own: ownScripts(__dirname),
    connect: () => {
      connections += 1;
      return openSession({
        address: settings.address,
        authorities: databaseAuthorities(process.env, __dirname),
        readSecret: () => readCredentials(settings),
        tryForMs: Math.min(settings.connectSeconds * 1000, clock.remaining() / 2),
        // Asking takes a round trip, which is for those that have met a reader, or have lost their writer.
        mustBeWriter: connections > 1,
        log,
        clock,
      });
    },
  };
}

function readCredentials({ login, address }: Settings): Promise<SecretResult> {
  switch (login.kind) {
    case 'secret':
      return readSecret(login.secretArn, process.env);
    case 'iam':
      return signIamToken(address, login.user, process.env);
    default:
      return login satisfies never;
  }
}

function clockOf(context: LambdaContext): Clock {
  return { now: () => Date.now(), remaining: () => context.getRemainingTimeInMillis(), sleep };
}
