import { failed } from './answer';
import { LOG } from './contract';
import type { Fields } from './edges/cfn-request';
import { isCfnRequest, parseCfnRequest } from './edges/cfn-request';
import { sendReply, undeliveredReply } from './edges/cfn-response';
import { putMetrics } from './edges/metrics';
import type { Clock, Log } from './engine/ports';

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
 */
export async function answerFailure(record: FailureRecord, log: Log, clock: Clock): Promise<void> {
  const { requestPayload, requestContext, responsePayload } = record;
  if (!isFields(requestPayload) || !isCfnRequest(requestPayload)) {
    log.warn('an event failed that nobody waits for', { condition: requestContext?.condition ?? '' });
    return;
  }
  const parsed = parseCfnRequest(requestPayload, clock.now());
  if (parsed.kind !== 'request') {
    log.error('a request failed that cannot be answered', { problem: parsed.problem });
    return;
  }
  const { errorType = '', errorMessage = 'it said nothing' } = responsePayload ?? {};
  const why =
    `the function that runs the migrations did not come to an end (${requestContext?.condition ?? 'unknown condition'}); its last words: ${errorMessage}. ` +
    `What it did is in the table migration, and the rollback takes it back. See the log of ${requestContext?.functionArn ?? 'the function'} [out-of-attempts]`;
  const reply = undeliveredReply(errorType, errorMessage) ?? failed(parsed.intent, why, false);
  const { status, reason } = reply;
  log.error(LOG.answering, { status, reason });
  await sendReply(parsed.replyTo, reply, clock.now() + clock.remaining(), log);
  putMetrics(parsed.replyTo, reply, parsed.intent.request.issuedAt);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
