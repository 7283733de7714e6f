import { success } from '../../../lambda/events/answer';
import { putMetrics } from '../../../lambda/edges/metrics';
import type { Reply } from '../../../lambda/edges/cfn-response';
import { cdkCli } from '../edges/cdk-cli';
import { create, releaseOf } from '../../paper/releases';

const A = releaseOf('a');

const TO = {
  stackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/app/1',
  logicalId: 'Migrations23B444C5',
};

test('an answer of SUCCESS that somebody has to look at counts as a failure', () => {
  const { tally, ...reply } = success(create(A), 'the end of a release could not be written down');
  expect(lineOf({ ...reply, tally })).toMatchObject({ Failures: 0 });
  expect(lineOf({ ...reply, tally: { ...tally, hasFailed: true } })).toMatchObject({ Failures: 1 });
});

/** The one line that is written. */
function lineOf(reply: Reply, issuedAt: number | null = null): Readonly<Record<string, unknown>> {
  const written: string[] = [];
  const stdout = jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  try {
    putMetrics(TO, reply, issuedAt);
  } finally {
    stdout.mockRestore();
  }
  expect(written).toHaveLength(1);
  return JSON.parse(written[0]!) as Readonly<Record<string, unknown>>;
}

const FAILED: Reply = {
  status: 'FAILED',
  physicalId: 'p',
  reason: 'DROP TABLE user',
  data: success(create(A), '').data,
};

test('a deployment is one line in the embedded metric format, under its stack and resource', () => {
  const reply = success(create(A), 'done', { applied: ['a', 'b', 'd'], reverted: ['c'], pending: 3 });
  const { _aws, ...values } = lineOf(reply, Date.now() - 5_000);

  expect(_aws).toEqual({
    Timestamp: expect.any(Number),
    CloudWatchMetrics: [
      {
        Namespace: 'AuroraMigrations',
        Dimensions: [['Stack', 'Resource']],
        Metrics: expect.arrayContaining([
          { Name: 'Applied', Unit: 'Count' },
          { Name: 'Reverted', Unit: 'Count' },
          { Name: 'Pending', Unit: 'Count' },
          { Name: 'Failures', Unit: 'Count' },
          { Name: 'SchemaMismatch', Unit: 'Count' },
          { Name: 'Duration', Unit: 'Milliseconds' },
        ]),
      },
    ],
  });
  expect(values).toEqual({
    ...{ Stack: 'app', Resource: 'Migrations23B444C5' },
    ...{ Applied: 3, Reverted: 1, Pending: 3, Failures: 0, SchemaMismatch: 0 },
    Duration: expect.any(Number),
    message: `metrics: Failures 0, SchemaMismatch 0, Applied 3, Reverted 1, Pending 3, Duration ${String(values['Duration'])} ms`,
  });
  expect(values['Duration']).toBeGreaterThanOrEqual(5_000);
});

test('the line reads in what cdk deploy prints of it, and has no level by which Lambda could take it away', () => {
  const line = lineOf(FAILED);
  expect(cdkCli().parseLambdaLogEvents([{ message: JSON.stringify(line) }])).toEqual([
    'metrics: Failures 1, SchemaMismatch 0, Applied 0, Reverted 0',
  ]);
  expect(line).not.toHaveProperty('level');
});

test('a failure and a schema that differs are ones, and nothing of the answer is repeated', () => {
  const line = lineOf({ ...FAILED, tally: { applied: 0, reverted: 2, hasMismatch: true } });
  expect(line).toMatchObject({ Failures: 1, SchemaMismatch: 1, Reverted: 2 });
  expect(line).not.toHaveProperty('Pending');
  expect(line).not.toHaveProperty('Duration');
  expect(JSON.stringify(line)).not.toMatch(/DROP|secret/);
});

test('where nothing was done, all but the failure are zero', () => {
  expect(lineOf(FAILED)).toMatchObject({ Failures: 1, SchemaMismatch: 0, Applied: 0, Reverted: 0 });
});
