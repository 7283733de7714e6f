import { setTimeout as sleep } from 'node:timers/promises';
import { InvokeCommand, type InvokeCommandOutput, type LambdaClient } from '@aws-sdk/client-lambda';
import { commandLineOf } from '../advice';
import type { CommandEvent } from '../command-runner';
import { EXIT_CODE } from '../exit-code';
import { ExpectedFailure } from '../expected-failure';
import { shortened } from '../terminal/shortened';
import { awsProblem, LOOK_AT_NETWORK } from './aws-problem';
import { functionError } from './function-error';

/** Lambda ends a function after 15 minutes; its answer then takes a moment. Milliseconds. */
export const LONGEST_INVOCATION_MS = 15 * 60_000 + 30_000;

/** Before another try of an invocation that Lambda did not begin. */
const PAUSES_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000];

/**
 * Errors with which Lambda says that it has not called the function, and that it may in a while: too many calls, or a
 * function in a VPC that nobody has called for weeks, whose way into the VPC is made anew.
 */
const NOT_YET: ReadonlySet<string> = new Set([
  'TooManyRequestsException',
  'EC2ThrottledException',
  'ENINotReadyException',
  'ResourceNotReadyException',
  'ResourceConflictException',
]);

export interface InvokeOptions {
  readonly client: LambdaClient;
  /** Name or ARN. */
  readonly name: string;
  /** Is told what is waited for. */
  readonly note: (text: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Invokes the function and gives what it returned. It is called at most once: what was sent is never sent again, since a
 * second `down` would revert more.
 */
export async function invokeFunction(event: CommandEvent, options: InvokeOptions): Promise<unknown> {
  const { name, note, signal } = options;
  for (const pause of [...PAUSES_MS, null]) {
    try {
      return answerIn(await send(event, options), event, name);
    } catch (error) {
      if (signal?.aborted) throw stoppedWaiting(event, name);
      if (!(error instanceof Error) || !NOT_YET.has(error.name) || pause === null) throw problem(error, event, name);
      note(`Lambda does not call ${name} yet (${error.name}), trying again in ${pause / 1000} s`);
      await sleep(pause, undefined, { signal }).catch(() => undefined);
      if (signal?.aborted) throw notCalled(name);
    }
  }
  throw new Error('the last try neither succeeded nor failed');
}

function send(event: CommandEvent, { client, name, signal }: InvokeOptions): Promise<InvokeCommandOutput> {
  const Payload = Buffer.from(JSON.stringify(event));
  return client.send(new InvokeCommand({ FunctionName: name, Payload }), { ...(signal && { abortSignal: signal }) });
}

function answerIn(
  { FunctionError: kind, Payload: payload }: InvokeCommandOutput,
  event: CommandEvent,
  name: string,
): unknown {
  const text = Buffer.from(payload ?? []).toString('utf8');
  const value = valueIn(text, event, name);
  if (kind === undefined) return value;
  throw functionError(value, name);
}

/** Lambda gives JSON, whatever the function returned. */
function valueIn(text: string, event: CommandEvent, name: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    throw new ExpectedFailure(
      'aws-unreachable',
      `invoking the function ${name} failed: what answers is not AWS, but maybe a proxy on the way (${shortened(text, MOST_SHOWN)}). ` +
        `${mayHaveRunText(event)} ${LOOK_AT_NETWORK}`,
    );
  }
}

/** Characters of an answer that is none. */
const MOST_SHOWN = 100;

function mayHaveRunText({ command }: CommandEvent): string {
  return `Whether the function ran ${command} is not known: "${commandLineOf({ command: 'status' })}" shows what there is.`;
}

function problem(error: unknown, event: CommandEvent, name: string): unknown {
  if (error instanceof ExpectedFailure) return error;
  if (error instanceof Error && error.name === 'ResourceNotFoundException') {
    return new ExpectedFailure(
      'no-such-function',
      `there is no function ${name} in this account and region: correct --function, or name another --region or --profile. Nothing was done`,
    );
  }
  const isSent = error instanceof Error && mayHaveRun(error);
  return awsProblem(error, {
    doing: `invoking the function ${name}`,
    permission: 'lambda:InvokeFunction on the function',
    state: isSent ? mayHaveRunText(event) : 'Nothing was done.',
  });
}

/** Surely not: what Lambda refused as a request, and what ended before anything was sent. */
function mayHaveRun(error: Error & { readonly $metadata?: { readonly httpStatusCode?: number } }): boolean {
  const status = error.$metadata?.httpStatusCode;
  if (status !== undefined) return status >= 500;
  return !NOT_SENT.test(codeOf(error)) && !/^Region /.test(error.message);
}

const NOT_SENT =
  /^(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|CERT_\w+|ERR_TLS\w*|ERR_SSL\w*|DEPTH_\w+|SELF_SIGNED\w+|UNABLE_TO\w+|\w*ProviderError)$/;

function codeOf(error: Error & { readonly code?: string }): string {
  return error.code ?? error.name;
}

function stoppedWaiting({ command }: CommandEvent, name: string): ExpectedFailure {
  return new ExpectedFailure(
    'stopped',
    `stopped waiting. The function ${name} does not stop with it: ${command} goes on there to its end. See "${commandLineOf({ command: 'status' })}"`,
    EXIT_CODE.stopped,
  );
}

function notCalled(name: string): ExpectedFailure {
  return new ExpectedFailure(
    'stopped',
    `stopped. The function ${name} was not called, and nothing was done`,
    EXIT_CODE.stopped,
  );
}
