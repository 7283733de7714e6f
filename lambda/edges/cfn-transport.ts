import * as http from 'node:http';
import * as https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The `https` that `cfn-response` gets. It takes what the library writes and delivers it as CloudFormation needs it:
 *
 * - content-length counts bytes; the library counts characters, and an answer with é or 表 would arrive cut;
 * - the Reason is the real one; the library's own says to see a log stream, whose name is the only part one can choose;
 * - 5xx answers, resets and time-outs are tried again until the deadline; the library tries once and ignores the status;
 * - the URL is used as it is, its port and protocol included, so that emulators are reached too.
 */
export function request(_options: unknown, onResponse: (response: ResponseSummary) => void): LibraryRequest {
  const delivery = next;
  if (delivery === null) throw new Error('cfn-response sends without a delivery');
  next = null;
  let body = '';
  return {
    on: () => undefined,
    write: (chunk) => {
      body += chunk;
    },
    end: () => {
      put(delivery.url, withoutPreamble(body), delivery.deadline).then((response) => {
        quietly(() => onResponse(response));
        delivery.resolve();
      }, delivery.reject);
    },
  };
}

/** What the library reads of a response. */
export interface ResponseSummary {
  readonly statusCode: number;
  readonly statusMessage: string;
}

/** What the library calls of a request. */
interface LibraryRequest {
  on(event: 'error', listener: (error: Error) => void): void;
  write(chunk: string): void;
  end(): void;
}

interface Delivery {
  readonly url: string;
  /** Epoch milliseconds. */
  readonly deadline: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

let next: Delivery | null = null;

/** Has the library send (`send` must call it at once) and waits until CloudFormation has the answer. */
export function deliver(url: string, deadline: number, send: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    next = { url, deadline, resolve, reject };
    quietly(send);
  });
}

/** The library prints the answer and its status in lines that are no JSON; ours are. */
function quietly(work: () => void): void {
  const { log } = console;
  console.log = () => undefined;
  try {
    work();
  } finally {
    console.log = log;
  }
}

const PREAMBLE = 'See the details in CloudWatch Log Stream: ';

function withoutPreamble(body: string): Buffer {
  const answer = JSON.parse(body) as { Reason: string };
  answer.Reason = answer.Reason.slice(PREAMBLE.length);
  return Buffer.from(JSON.stringify(answer), 'utf8');
}

const ATTEMPT_TIMEOUT_MS = 10_000;
const SHORTEST_ATTEMPT_MS = 500;
const MAX_PAUSE_MS = 5_000;

async function put(url: string, body: Buffer, deadline: number): Promise<ResponseSummary> {
  for (let pause = 200; ; pause = Math.min(pause * 2, MAX_PAUSE_MS)) {
    const timeoutMs = Math.max(SHORTEST_ATTEMPT_MS, Math.min(ATTEMPT_TIMEOUT_MS, deadline - Date.now()));
    const result = await attempt(url, body, timeoutMs).catch((error: unknown) => error as Error);
    const isAnswer = 'statusCode' in result;
    if (isAnswer && result.statusCode < 300) return result;
    // A refusal (the URL has expired, say) stays one.
    const isFinal = isAnswer && result.statusCode < 500;
    const what = isAnswer ? `HTTP ${result.statusCode} ${result.statusMessage}` : result.message;
    if (isFinal || Date.now() + pause > deadline) {
      throw new Error(
        `CloudFormation's answer could not be delivered to ${new URL(url).host}: ${what}. ` +
          `The function's subnets need a route to S3 (a gateway endpoint, or a NAT gateway)`,
      );
    }
    await sleep(pause);
  }
}

function attempt(url: string, body: Buffer, timeoutMs: number): Promise<ResponseSummary> {
  const { request: start } = new URL(url).protocol === 'http:' ? http : https;
  return new Promise((resolve, reject) => {
    const put = start(
      url,
      {
        method: 'PUT',
        // The URL is signed for an empty content type.
        headers: { 'content-type': '', 'content-length': body.length },
        timeout: timeoutMs,
        // An idle connection kept open would keep the process from freezing in peace.
        agent: false,
      },
      (response) => {
        response.resume();
        response.on('end', () =>
          resolve({ statusCode: response.statusCode ?? 0, statusMessage: response.statusMessage ?? '' }),
        );
        response.on('error', reject);
      },
    );
    put.on('timeout', () => put.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
    put.on('error', reject);
    put.end(body);
  });
}
