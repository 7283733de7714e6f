import cfnResponse from 'cfn-response';
import { LOG, type ResponseData } from '../contract';
import type { Log } from '../ports';
import { splitTally, type Tally } from '../plan/outcome';
import { deliver } from './cfn-transport';
import type { ReplyTo } from './cfn-request';

/** What CloudFormation is told. */
export interface Reply {
  readonly status: 'SUCCESS' | 'FAILED';
  readonly physicalId: string;
  /** One paragraph; cut in the middle where it does not fit. */
  readonly reason: string;
  /** Where more can be read, as {@link logPlace} says it: the end of what is sent as the Reason, and never cut. */
  readonly readAt?: string;
  readonly data: ResponseData;
  /** For the metrics; no part of what is sent. Absent where nothing was done. */
  readonly tally?: Tally;
}

/** CloudFormation takes 4,096 bytes; the rest is JSON and the ids. Source: the user guide, crpg-ref-responses. */
const MAX_BODY_BYTES = 4096;

/** How long one delivery is tried. Who tries after it may have another route. Milliseconds. */
const DELIVERY_MS = 120_000;

/**
 * Writes down what a request is answered, answers it with cfn-response and waits until the answer is delivered. Throws {@link UndeliveredAnswer} where it
 * cannot be within two minutes, or by the deadline (epoch milliseconds).
 */
export async function sendReply(to: ReplyTo, reply: Reply, deadline: number, log: Log): Promise<void> {
  const { status, reason, physicalId } = reply;
  const event = { ...to, ResponseURL: to.responseUrl };
  const send = (said: string): void => cfnResponse.send(event, { logStreamName: said }, status, reply.data, physicalId);
  const destination = { url: to.responseUrl, deadline: Math.min(deadline, Date.now() + DELIVERY_MS), log };
  const fitting = fit(to, reply);
  // All of it stands in the message: of a failed deployment's log `cdk deploy` prints level and message, and no fields.
  log[status === 'FAILED' ? 'error' : 'info'](`${LOG.answering} ${status}: ${reason}`, { status, reason, physicalId });
  try {
    await deliver(destination, () => send(`${fitting}${reply.readAt ?? ''}`));
  } catch (error) {
    const tally = reply.tally && splitTally(reply.tally).rest;
    throw new UndeliveredAnswer((error as Error).message, { ...reply, reason: fitting, tally });
  }
}

/**
 * The end of a FAILED Reason. `cdk deploy` and `cdk diagnose` look in a Reason for `CloudWatch Log Stream:` and a name, and
 * print the stream's last lines; without one, the last lines of the whole group. The group they find by the function.
 * https://github.com/aws/aws-cdk-cli/pull/1645
 *
 * @param stream null where it is not known
 */
export function logPlace(group: string, stream: string | null): string {
  return ` Log: ${group}${stream === null ? '' : `, CloudWatch Log Stream: ${stream}`}`;
}

/** Takes the log's place, where one stands at a text's end, away from it. */
export function splitLogPlace(text: string): { readonly text: string; readonly readAt: string | null } {
  const place = / Log: \S+, CloudWatch Log Stream: \S+$/.exec(text);
  return place === null ? { text, readAt: null } : { text: text.slice(0, place.index), readAt: place[0] };
}

/** Not the class's own name, which the bundle shortens. */
const UNDELIVERED = 'UndeliveredAnswer';

/**
 * The answer stands and does not get through. Lambda hands the name and the message of a function's error on, so that who
 * answers for the function, by another route, can give the same answer: FAILED in place of SUCCESS would revert a schema
 * that is as it should be.
 */
export class UndeliveredAnswer extends Error {
  override readonly name = UNDELIVERED;

  constructor(problem: string, reply: Reply) {
    super(`${problem}. ${MARK}${JSON.stringify(reply)}`);
  }
}

const MARK = 'The answer: ';

/** The answer that an error of the function carries; null where it carries none. */
export function undeliveredReply(errorType: string, errorMessage: string): Reply | null {
  if (errorType !== UNDELIVERED) return null;
  return JSON.parse(errorMessage.slice(errorMessage.indexOf(MARK) + MARK.length)) as Reply;
}

function fit(to: ReplyTo, reply: Reply): string {
  const { StackId, RequestId, LogicalResourceId } = to;
  const rest = {
    Status: reply.status,
    Reason: reply.readAt ?? '',
    PhysicalResourceId: reply.physicalId,
    StackId,
    RequestId,
    LogicalResourceId,
    Data: reply.data,
  };
  return cutInTheMiddle(reply.reason, MAX_BODY_BYTES - Buffer.byteLength(JSON.stringify(rest)));
}

const ELLIPSIS = ' […] ';

/**
 * Cuts a text in the middle so that its JSON form has at most `bytes` bytes, never inside a character. The beginning
 * (file, step, the error) and the end (what to do, the log) say most.
 */
export function cutInTheMiddle(text: string, bytes: number): string {
  const size = (part: string): number => Buffer.byteLength(JSON.stringify(part)) - 2;
  if (size(text) <= bytes) return text;
  const characters = Array.from(text);
  let low = 0;
  let high = characters.length;
  const cut = (kept: number): string => {
    const tail = Math.floor(kept / 3);
    return characters.slice(0, kept - tail).join('') + ELLIPSIS + characters.slice(characters.length - tail).join('');
  };
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (size(cut(middle)) <= bytes) low = middle;
    else high = middle - 1;
  }
  return cut(low);
}
