import type { Answer } from './answer';
import { EMPTY_DATA, failed } from './answer';
import { attemptAt } from '../work/attempt';
import { answerRequest } from './answer-request';
import type { ParsedRequest } from '../edges/cfn-request';
import type { Reply } from '../edges/cfn-response';
import { logPlace, sendReply } from '../edges/cfn-response';
import { putMetrics } from '../edges/metrics';
import type { Log } from '../ports';
import type { Resource } from '../plan/intent';
import type { LambdaContext } from '../world';
import { worldOf } from '../world';

/** Milliseconds before Lambda's time-out at which an answer must be delivered. */
const ANSWER_MARGIN = 1_000;

/** Carries out a request of CloudFormation and answers it. Throws to have Lambda try again. */
export async function handleRequest(parsed: ParsedRequest, context: LambdaContext, log: Log): Promise<void> {
  if (parsed.kind === 'unanswerable') throw new Error(`${parsed.problem}; no SQL was run and nobody can be told`);
  const answer = parsed.kind === 'malformed' ? malformed(parsed) : await answerTo(parsed, context, log);
  if (answer === null) return;
  const reply =
    answer.status === 'FAILED' ? { ...answer, readAt: logPlace(context.logGroupName, context.logStreamName) } : answer;
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
