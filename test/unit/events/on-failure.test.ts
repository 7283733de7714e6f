import { logPlace, UndeliveredAnswer } from '../../../lambda/edges/cfn-response';
import type { Log } from '../../../lambda/ports';
import { answerFailure } from '../../../lambda/events/on-failure';
import { AnswerServer } from '../edges/answer-server';
import { cdkCli } from '../edges/cdk-cli';

const STREAM = '2026/11/27/small-Migrations[$LATEST]0123456789abcdef0123456789abcdef';
const DATA = { Version: '', Digest: 'v1:abc', Applied: '', Reverted: '', Kept: '', Drift: '' };
const CLOCK = { now: () => Date.now(), remaining: () => 5_000, sleep: () => Promise.resolve() };

let server: AnswerServer;
let logged: string[];
const log: Log = {
  info: (message) => void logged.push(`INFO ${message}`),
  warn: (message) => void logged.push(`WARN ${message}`),
  error: (message) => void logged.push(`ERROR ${message}`),
};
beforeAll(async () => {
  server = await AnswerServer.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  logged = [];
  jest.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => jest.restoreAllMocks());

/** The answer to a Create whose function ended so. */
async function answerTo(error: { readonly name: string; readonly message: string }): Promise<Record<string, unknown>> {
  const record = {
    requestContext: { condition: 'RetriesExhausted', functionArn: 'arn:aws:lambda:eu-west-1:1:function:f' },
    requestPayload: {
      RequestType: 'Create',
      RequestId: 'r',
      StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/app/1',
      LogicalResourceId: 'Migrations',
      ResponseURL: `http://127.0.0.1:${server.port}/answer`,
      ResourceProperties: {
        ...{ Digest: `v1:${'a'.repeat(64)}`, Version: '0001_user', Count: '1', Database: 'c/app' },
        ...{ OnDelete: 'RETAIN', OnRemoved: 'FAIL', OutOfOrder: 'ALLOW' },
      },
    },
    responsePayload: { errorType: error.name, errorMessage: error.message },
  };
  await answerFailure(record, log, CLOCK, '/aws/lambda/group');
  return server.last.body;
}
const streamOf = ({ Reason }: Record<string, unknown>): string | undefined =>
  cdkCli().extractLogStreamName(`Message returned: ${String(Reason)} (RequestId: 1)`);

test('a function whose last words were its own is answered for with its stream', async () => {
  const body = await answerTo({ name: 'Error', message: `not yet [not-yet]${logPlace('/aws/lambda/group', STREAM)}` });
  expect(body).toMatchObject({ Status: 'FAILED' });
  expect(body['Reason']).toMatch(/did not come to an end \(RetriesExhausted\); its last words: not yet \[not-yet\]\. /);
  expect(streamOf(body)).toBe(STREAM);
});

test('of a function that was killed the stream is not known: the group is named, all of which cdk deploy then reads', async () => {
  const body = await answerTo({ name: 'Sandbox.Timedout', message: 'Task timed out after 900.00 seconds' });
  expect(body['Reason']).toMatch(/its last words: Task timed out .*\[out-of-attempts\] Log: \/aws\/lambda\/group$/);
  expect(streamOf(body)).toBeUndefined();
  expect(logged).toEqual([
    'WARN answering for a function that did not (RetriesExhausted)',
    expect.stringMatching(
      /^ERROR answering FAILED: the function .* Task timed out after 900\.00 seconds.*\[out-of-attempts\]$/,
    ),
  ]);
});

test.each(['SUCCESS', 'FAILED'] as const)(
  '%s that a function did not get through keeps the stream of that function',
  async (status) => {
    const readAt = status === 'FAILED' ? logPlace('/aws/lambda/group', STREAM) : undefined;
    const reply = { status, physicalId: 'p', reason: 'it was so', data: DATA, ...(readAt !== undefined && { readAt }) };
    const body = await answerTo(new UndeliveredAnswer('no route', reply));
    expect(body).toMatchObject({ Status: status, Reason: `it was so${readAt ?? ''}` });
    expect(streamOf(body)).toBe(readAt === undefined ? undefined : STREAM);
    expect(logged.at(-1)).toBe(`${status === 'FAILED' ? 'ERROR' : 'INFO'} answering ${status}: it was so`);
  },
);
