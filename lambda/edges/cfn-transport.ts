import type { Log } from '../ports';
import { explainUnreached, TRY_MS } from './database/network-problem';
import { sendRequest, type HttpAnswer } from './send-request';
import { sleep } from './timer';

/**
 * The `https` that `cfn-response` gets. It takes what the library writes, and {@link deliver} brings it to CloudFormation as that
 * needs it:
 *
 * - content-length counts bytes; the library counts characters, and an answer with é or 表 would arrive cut;
 * - the Reason is the real one; the library's own says to see a log stream, whose name is the only part one can choose;
 * - 5xx answers, resets and time-outs are tried again until the deadline, and what is missing is named in the log after the
 *   first of them; the library tries once and ignores the status;
 * - the URL is used as it is, its port and protocol included, so that emulators are reached too.
 */
export function request(): { on(): void; write(body: string): void; end(): void } {
  return { on: () => undefined, write: (body) => (written = body), end: () => undefined };
}

/** The `url` that it gets, which `https` would be given its parts of. On Node 24 that of Node itself warns at each run. */
export function parse(): object {
  return {};
}

/** The library's answer. */
let written = '';

/** Where an answer goes, and until when it is tried. */
export interface Destination {
  readonly url: string;
  /** Epoch milliseconds. */
  readonly deadline: number;
  readonly log: Log;
}

/** Has the library send (`send` must call it at once) and waits until CloudFormation has the answer. */
export async function deliver(to: Destination, send: () => void): Promise<void> {
  const { log } = console;
  // The library prints the answer in lines that are no JSON; ours are.
  console.log = () => undefined;
  try {
    send();
  } finally {
    console.log = log;
  }
  await put(to, withoutPreamble(written));
}

const PREAMBLE = 'See the details in CloudWatch Log Stream: ';

function withoutPreamble(body: string): Buffer {
  const answer = JSON.parse(body) as { Reason: string };
  answer.Reason = answer.Reason.slice(PREAMBLE.length);
  return Buffer.from(JSON.stringify(answer), 'utf8');
}

const SHORTEST_TRY_MS = 500;
const MAX_PAUSE_MS = 5_000;

async function put({ url, deadline, log }: Destination, body: Buffer): Promise<void> {
  const { host } = new URL(url);
  for (let pause = 200; ; pause = Math.min(pause * 2, MAX_PAUSE_MS)) {
    const timeoutMs = Math.max(SHORTEST_TRY_MS, Math.min(TRY_MS, deadline - Date.now()));
    const result = await attempt(url, body, timeoutMs).catch((error: unknown) => error as NodeJS.ErrnoException);
    const isAnswer = 'status' in result;
    if (isAnswer && result.status < 300) return;
    if (isAnswer && EXPIRED.test(result.statusText)) {
      // Neither another try nor anybody else can answer then.
      log.error(`nobody waits for the answer any more: its URL has expired (${host})`, { host });
      return;
    }
    const problem = `${host}: ${isAnswer ? explainRefusal(result) : explainError(result)}`;
    // A refusal stays one.
    const isFinal = isAnswer && result.status < 500;
    if (isFinal || Date.now() + pause > deadline) {
      throw new Error(`CloudFormation's answer could not be delivered to ${problem}`);
    }
    log.warn(`CloudFormation's answer is not delivered yet, trying again (${problem})`, { problem });
    await sleep(pause);
  }
}

/** S3's words for a signed URL that is too old. Source: the Amazon S3 user guide, "Sharing objects with presigned URLs". */
const EXPIRED = /Request has expired/;

function explainRefusal({ status, statusText }: HttpAnswer): string {
  const what = `HTTP ${status} ${statusText}`;
  if (status !== 403) return what;
  return `${what}. The policy of the VPC's endpoint for S3 must let s3:PutObject through to this bucket of CloudFormation's`;
}

function explainError(error: NodeJS.ErrnoException): string {
  const { why, advice } = explainUnreached(
    error,
    "The function's subnets need a route to S3 (a gateway endpoint, or a NAT gateway), and its security group must let it out on port 443",
  );
  return `${why}. ${advice}`;
}

async function attempt(url: string, body: Buffer, timeoutMs: number): Promise<HttpAnswer> {
  // The URL is signed for an empty content type.
  const headers = { 'content-type': '', 'content-length': body.length };
  const answer = await sendRequest({ url, method: 'PUT', headers, body }, timeoutMs);
  return { ...answer, statusText: refusalIn(answer.body) ?? answer.statusText };
}

/** S3's code and message. Nothing else of what it says: it repeats the signature. */
function refusalIn(content: string): string | null {
  const part = (name: string): string | undefined => new RegExp(`<${name}>([^<]{1,300})<`).exec(content)?.[1];
  const [code, message] = [part('Code'), part('Message')];
  return code === undefined ? null : `${code}${message === undefined ? '' : `: ${message}`}`;
}
