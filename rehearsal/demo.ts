import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Table from 'cli-table3';
import { createColors } from 'picocolors';
import { migrationLines } from './report/migration-lines';
import { Rehearsal } from './rehearsal';
import { formatEvent, formatLine, styleFor } from './report/report';
import type { Invocation } from './function/function-types';
import type { SampleRelease } from './sample-app';
import { APPLICATION, SAMPLE_STACK, synthesize } from './sample-app';
import type { SchemaDump } from './servers/schema-dump';
import { differences, dumpSchema } from './servers/schema-dump';
import type { Stack } from './stack/stack';
import type { Fault, OperationResult, StackStatus } from './stack/stack-types';

/** One deployment of the demo, and what must come of it. */
interface Scene {
  readonly title: string;
  readonly release: SampleRelease;
  readonly fail?: Readonly<Record<string, Fault | string>>;
  readonly expected: StackStatus;
  /** Whether the schema must be what it was before. */
  readonly isRolledBack: boolean;
}

const FIRST = [
  '0001_create_user.sql',
  '0002_create_session.up.sql',
  '0002_create_session.down.sql',
  '0003_add_user_role.sql',
];
const SECOND = [...FIRST, '0004_add_user_handle.ts', '0005_log_email_changes.sql'];

const TEAM = `-- migrate:up
CREATE TABLE team (id INT NOT NULL PRIMARY KEY, name VARCHAR(100) NOT NULL);
ALTER TABLE user ADD COLUMN team INT NULL, ADD CONSTRAINT user_team_fk FOREIGN KEY (team) REFERENCES team (id);
-- migrate:down
ALTER TABLE user DROP FOREIGN KEY user_team_fk, DROP COLUMN team;
DROP TABLE team;
`;

const BROKEN = `-- migrate:up
CREATE TABLE invoice (id INT NOT NULL PRIMARY KEY, user BIGINT UNSIGNED NOT NULL);
ALTER TABLE user ADD COLUMN vat VARCHAR(20) NULL;
ALTER TABLE user ADD COLUMN email VARCHAR(100) NULL;
CREATE TABLE invoice_line (id INT NOT NULL PRIMARY KEY);
INSERT INTO invoice_line VALUES (1);
-- migrate:down
DROP TABLE invoice_line;
ALTER TABLE user DROP COLUMN email;
ALTER TABLE user DROP COLUMN vat;
DROP TABLE invoice;
`;

const SCENES: readonly Scene[] = [
  {
    title: 'cdk deploy, release 1: the stack is created, with three migrations',
    release: { files: FIRST, version: '1' },
    expected: 'CREATE_COMPLETE',
    isRolledBack: false,
  },
  {
    title: 'cdk deploy, release 2: two more migrations, one of them in TypeScript, one with a trigger',
    release: { files: SECOND, version: '2' },
    expected: 'UPDATE_COMPLETE',
    isRolledBack: false,
  },
  {
    title:
      'cdk deploy, release 3: the migration succeeds, then the application fails; the code is rolled back, then the schema is reverted',
    release: { files: SECOND, more: { '0006_create_team.sql': TEAM }, version: '3' },
    fail: { [APPLICATION]: 'Resource handler returned message: "the application\'s new code is broken"' },
    expected: 'UPDATE_ROLLBACK_COMPLETE',
    isRolledBack: true,
  },
  {
    title: 'cdk deploy, release 4: a migration fails in its third of five statements',
    release: { files: SECOND, more: { '0006_create_invoice.sql': BROKEN }, version: '4' },
    expected: 'UPDATE_ROLLBACK_COMPLETE',
    isRolledBack: true,
  },
];

const style = styleFor(process.stdout);
const colors = createColors(style.color);

/** Rehearses four deployments of the sample app and says whether each came out as it must. */
async function demo(): Promise<boolean> {
  const startedAt = Date.now();
  // First, since without a server there is nothing to do, nor to be left behind.
  const rehearsal = await Rehearsal.start({ database: { fast: true } });
  const folder = mkdtempSync(path.join(tmpdir(), 'demo-'));
  try {
    const { kind, version, host, port } = rehearsal.database;
    print(
      `CloudFormation is played on this machine; the function is the real bundle, the database ${kind} ${version} at ${host}:${port}.`,
    );
    const stack = rehearsal.stack(SAMPLE_STACK);
    let before: SchemaDump | null = null;
    let isGood = true;
    let invocations = 0;
    for (const [index, scene] of SCENES.entries()) {
      print('', colors.bold(`${index + 1}. ${scene.title}`), '');
      const result = await stack.deploy(synthesize(scene.release, path.join(folder, String(index))), {
        fail: scene.fail,
      });
      printStory(result, stack.invocations.slice(invocations));
      invocations = stack.invocations.length;
      const after = await dumpSchema(rehearsal.database, 'app');
      isGood = conclude(scene, stack, result, before, after) && isGood;
      before = after;
    }
    isGood = concludeLiveCode(stack) && isGood;
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    print(
      '',
      isGood
        ? colors.green(`All ${SCENES.length} deployments came out as they must, in ${seconds} s.`)
        : colors.red('A deployment did not come out as it must: see above.'),
    );
    return isGood;
  } finally {
    await rehearsal.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function conclude(
  scene: Scene,
  stack: Stack,
  result: OperationResult,
  before: SchemaDump | null,
  after: SchemaDump,
): boolean {
  print('', historyTable(after), `schema: ${[...after.objects.keys()].join(', ')}`);
  const changed = before === null ? [] : differences(before, after);
  if (scene.isRolledBack) {
    print(
      changed.length === 0
        ? colors.green('The schema is identical to the one before.')
        : colors.red(`Not as before: ${changed.join(', ')}`),
    );
  }
  const isGood =
    result.status === scene.expected && (!scene.isRolledBack || changed.length === 0) && stack.violations.length === 0;
  print(
    `${isGood ? colors.green(result.status) : colors.red(`${result.status}, not ${scene.expected}`)} in ${(result.durationMs / 1000).toFixed(1)} s`,
  );
  return isGood;
}

/** Says what the rehearsal saw whenever code or schema changed. */
function concludeLiveCode({ liveCode: { checks, violations } }: Stack): boolean {
  if (violations.length === 0 && checks > 0) {
    print(
      '',
      colors.green(
        `Live code lacked no migration of its release, and met no later one that contracts, at each of ${checks} changes of code or schema.`,
      ),
    );
    return true;
  }
  print('', ...(checks === 0 ? ['Nobody looked at the live code.'] : violations).map((line) => colors.red(line)));
  return false;
}

function historyTable({ history }: SchemaDump): string {
  const table = new Table({ head: ['migration', 'state', 'steps'], style: { head: [], border: [], compact: true } });
  for (const { name, state, steps } of history) table.push([name, state, steps]);
  return table.toString();
}

/** What the story is about; the rest of the sample stack only makes it long. */
const SHOWN = new Set([
  'AWS::CloudFormation::Stack',
  'AWS::Lambda::Function',
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBInstance',
  'Custom::AuroraMigrations',
  'Custom::AuroraMigrationsRelease',
]);

/** What CloudFormation says, and between it what the function says of migrations. */
function printStory({ events }: OperationResult, invocations: readonly Invocation[]): void {
  const shown = events.filter(({ type }) => SHOWN.has(type));
  const lines = [
    ...shown.map((event) => ({ time: event.time, text: formatEvent(event, style) })),
    ...migrationLines(invocations).map(({ time, message }) => ({ time, text: formatLine(time, message, style) })),
  ].toSorted((a, b) => a.time.getTime() - b.time.getTime());
  print(...lines.map(({ text }) => text));
  const hidden = events.length - shown.length;
  if (hidden > 0) print(colors.dim(`(${hidden} events of networks, roles and the like are not shown)`));
}

function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

void demo().then((isGood) => {
  process.exitCode = isGood ? 0 : 1;
});
