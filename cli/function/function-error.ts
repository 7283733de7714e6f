import { commandLineOf } from '../advice';
import { codedFailure } from '../coded-failure';
import { ExpectedFailure } from '../expected-failure';

/** What Lambda says of a function that ended with an error. */
interface ErrorPayload {
  readonly errorType?: string;
  readonly errorMessage?: string;
}

/** An error that the function itself ended with, for people. */
export function functionError(payload: unknown, name: string): ExpectedFailure {
  const { errorType = '', errorMessage = '' } = (payload ?? {}) as ErrorPayload;
  const [, seconds] = /Task timed out after ([\d.]+) seconds/.exec(errorMessage) ?? [];
  if (seconds !== undefined) {
    return new ExpectedFailure(
      'function-timed-out',
      `the function ${name} did not end within its ${Number(seconds)} s and was killed. What was done is in the journal: ` +
        `"${commandLineOf({ command: 'status' })}" shows it. Give the construct a longer timeout (at most 15 minutes), or see whether something on the server blocks it`,
    );
  }
  if (/ is no command; these are:/.test(errorMessage)) {
    return new ExpectedFailure(
      'function-outdated',
      `the function ${name} is of an older version of cdk-aurora-migrations, which has no such command. Nothing was done. Deploy the stack with this version first`,
    );
  }
  const coded = codedFailure(errorMessage, `the function ${name} says`);
  if (coded !== null) return coded;
  const what = [errorType, errorMessage].filter((part) => part !== '').join(': ');
  return new ExpectedFailure(
    'function-failed',
    `the function ${name} ended with an error (${what === '' ? 'it says nothing of it' : what}). Its log in CloudWatch says more. ` +
      `"${commandLineOf({ command: 'status' })}" shows what there is`,
  );
}
