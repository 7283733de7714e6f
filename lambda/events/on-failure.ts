import { failed } from './answer';
import { isCfnRequest, isFields, parseCfnRequest } from '../edges/cfn-request';
import { logPlace, sendReply, splitLogPlace, undeliveredReply } from '../edges/cfn-response';
import { putMetrics } from '../edges/metrics';
import type { Clock, Log } from '../ports';

/** What Lambda tells a destination. Source: Lambda developer guide, "Capturing records of asynchronous invocations". */
interface FailureRecord {
  readonly requestContext?: { readonly condition?: string; readonly functionArn?: string };
  readonly requestPayload?: unknown;
  readonly responsePayload?: { readonly errorType?: string; readonly errorMessage?: string } | null;
}

/**
 * Answers FAILED in the name of a function that died in all its attempts or ran out of them, so that the stack goes back
 * instead of waiting for an hour. It runs outside of the VPC: a lost route must not silence it too. Where the function had
 * an answer that did not get through, this gives that one.
 *
 * @param logGroup that of both functions
 */
export async function answerFailure(record: FailureRecord, log: Log, clock: Clock, logGroup: string): Promise<void> {
  const { requestPayload, requestContext, responsePayload } = record;
  const condition = requestContext?.condition ?? 'unknown condition';
  if (!isFields(requestPayload) || !isCfnRequest(requestPayload)) {
    log.warn(`an event failed that nobody waits for (${condition})`, { condition });
    return;
  }
  const parsed = parseCfnRequest(requestPayload, clock.now());
  if (parsed.kind === 'malformed' || parsed.kind === 'unanswerable') {
    log.error(`a request failed that cannot be answered: ${parsed.problem}`, { problem: parsed.problem });
    return;
  }
  const { errorType = '', errorMessage = 'it said nothing' } = responsePayload ?? {};
  const lastWords = splitLogPlace(errorMessage);
  const why =
    `the function that runs the migrations did not come to an end (${condition}); its last words: ${lastWords.text}. ` +
    `What it did is in the table migration, and the rollback reverts it. See the log of ${requestContext?.functionArn ?? 'the function'} [out-of-attempts]`;
  // Of a process that was killed nobody knows the stream. This function's own has nothing but the answer in it: the whole
  // group has the last lines of both.
  const reply = undeliveredReply(errorType, errorMessage) ?? {
    ...failed(parsed.intent, why, false),
    readAt: lastWords.readAt ?? logPlace(logGroup, null),
  };
  log.warn(`answering for a function that did not (${condition})`, { condition });
  await sendReply(parsed.replyTo, reply, clock.now() + clock.remaining(), log);
  putMetrics(parsed.intent.request.resource, reply, parsed.intent.request.issuedAt);
}
