import type { Invocation } from '../../rehearsal/function/function-types';
import { stackServers } from '../servers';
import { cdkCli } from '../unit/edges/cdk-cli';
import { BROKEN, DEADLY, PROFILE, USER } from './small-migrations';
import { synthesizeReleases } from './small-app';
import type { StackScene } from './stack-scene';
import { StackScenes } from './stack-scene';

const RELEASES = synthesizeReleases({
  first: { migrations: USER },
  broken: { migrations: { ...USER, ...PROFILE, ...BROKEN } },
  deadly: { migrations: { ...USER, ...DEADLY } },
});
const FAILED =
  "0004_invoice.sql failed at step 3 of 5 (line 4): ER_DUP_FIELDNAME (1060): Duplicate column name 'email'. " +
  '3 migrations reverted (0004_invoice, 0003_second_user, 0002_profile); the schema is as it was before the deployment. ' +
  'Correct the migration and deploy again [migration-failed]';

/** The lines that `cdk deploy` prints of a log group below a reason: of the stream that the reason names, or of all. */
function printed(reason: string, group: readonly Invocation[]): readonly string[] {
  const cli = cdkCli();
  const stream = cli.extractLogStreamName(reason);
  const events = group
    .filter(({ logStream }) => stream === undefined || logStream === stream)
    .flatMap(({ log }) => log.split('\n').map((message) => ({ message })));
  const lines = cli.trimToRecentLines(cli.parseLambdaLogEvents(events));
  // A status of the stack may be noted before the function is taken away, or not.
  return lines.filter((line) => !line.includes('stack status noted')).map((line) => line.replace(/\d+ ms/g, '7 ms'));
}

describe.each(stackServers())('on $name, what cdk deploy prints of the log', (server) => {
  const scenes = StackScenes.ofSuite(server);
  const start = (environment: Readonly<Record<string, string>> = {}): StackScene => scenes.begin({ environment });

  test('tells what was planned, what ran, what failed, and what became of it', async () => {
    const { stack } = start();
    await stack.deploy(RELEASES.first);
    const { reason = '' } = await stack.deploy(RELEASES.broken);
    expect(reason).toContain(FAILED);
    expect(printed(reason, stack.invocations)).toEqual([
      'INFO  planned: apply 0002_profile, 0003_second_user, 0004_invoice',
      'INFO  migrating 0002_profile',
      'INFO  migrated 0002_profile in 7 ms',
      'INFO  migrating 0003_second_user',
      'INFO  migrated 0003_second_user in 7 ms',
      'INFO  migrating 0004_invoice',
      "WARN  0004_invoice.sql failed at step 3 of 5 (line 4): ER_DUP_FIELDNAME (1060): Duplicate column name 'email'; reverting the deployment",
      'INFO  reverting 0004_invoice',
      'INFO  reverted 0004_invoice in 7 ms',
      'INFO  reverting 0003_second_user',
      'INFO  reverted 0003_second_user in 7 ms',
      'INFO  reverting 0002_profile',
      'INFO  reverted 0002_profile in 7 ms',
      `ERROR answering FAILED: ${FAILED}`,
      'metrics: Failures 1, SchemaMismatch 0, Applied 0, Reverted 3, Pending 3, Duration 7 ms',
    ]);
  });

  test('at a level of ERROR is the failure alone, and the metrics', async () => {
    const { stack } = start({ POWERTOOLS_LOG_LEVEL: 'ERROR' });
    await stack.deploy(RELEASES.first);
    const { reason = '' } = await stack.deploy(RELEASES.broken);
    expect(printed(reason, stack.invocations)).toEqual([
      `ERROR answering FAILED: ${FAILED}`,
      expect.stringMatching(/^metrics: Failures 1, /),
    ]);
  });

  test('has a function that answers for one that was killed: the last lines of both', async () => {
    const { stack } = start();
    await stack.deploy(RELEASES.first);
    const { reason = '' } = await stack.deploy(RELEASES.deadly);
    expect(reason).toContain('[out-of-attempts]');
    const lines = printed(reason, stack.invocations);
    expect(lines).toContain('INFO  migrating 0002_role');
    expect(lines).toContainEqual(expect.stringMatching(/^ERROR answering FAILED: the function .*\[out-of-attempts\]$/));
  });

  test('and of a success says what was done', async () => {
    const { stack } = start();
    await stack.deploy(RELEASES.first);
    // The stack's status is noted after it.
    expect(printed('', stack.invocations).slice(0, 5)).toEqual([
      'INFO  planned: apply 0001_user',
      'INFO  migrating 0001_user',
      'INFO  migrated 0001_user in 7 ms',
      'INFO  answering SUCCESS: 1 migration applied (0001_user)',
      'metrics: Failures 0, SchemaMismatch 0, Applied 1, Reverted 0, Pending 1, Duration 7 ms',
    ]);
  });
});
