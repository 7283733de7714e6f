import { LambdaClient } from '@aws-sdk/client-lambda';
import type { CommandRunner } from '../command-runner';
import type { FunctionTarget } from '../target';
import type { Terminal } from '../terminal/terminal';
import { findFunction } from './find-function';
import { invokeFunction, LONGEST_INVOCATION_MS } from './invoke-function';

/** Milliseconds. */
const CONNECT_MS = 8_000;

/** Runs commands in the deployed function. */
export async function functionRunner(target: FunctionTarget, terminal: Terminal): Promise<CommandRunner> {
  // Which Node the SDK will need next year is nothing that its users can see to here.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const { region, profile, function: choice } = target;
  const name = choice.kind === 'name' ? choice.name : (await findFunction(choice.stack, choice.construct, target)).name;
  const client = new LambdaClient({
    ...(region !== null && { region }),
    ...(profile !== null && { profile }),
    // Nothing is sent twice.
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout: LONGEST_INVOCATION_MS,
      throwOnRequestTimeout: true,
    },
  });
  const note = (text: string): void => terminal.note(text);
  return {
    where: choice.kind === 'name' ? `the function ${name}` : `the function ${name} of the stack ${choice.stack}`,
    database: '',
    isShared: true,
    requireChangeable: () => undefined,
    run: (event, signal) => invokeFunction(event, { client, name, note, ...(signal && { signal }) }),
  };
}
