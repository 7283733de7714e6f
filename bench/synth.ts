import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import { median } from './bench-connection';

/** What the construct adds to the time of a synth, in a process of its own each time: without it and with it, in turn. */
const MIGRATIONS = Number(process.argv[2] ?? 1_000);
const ROUNDS = Number(process.argv[3] ?? 9);
const CHILD = 'synthesize';

const KINDS = {
  'CREATE TABLE': (index: number) => [
    `CREATE TABLE t${index} (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(50) NOT NULL, note TEXT)`,
    `DROP TABLE t${index}`,
  ],
  'ADD COLUMN': (index: number) => [
    `ALTER TABLE customer ADD COLUMN c${index} VARCHAR(50) NULL`,
    `ALTER TABLE customer DROP COLUMN c${index}`,
  ],
  'CREATE INDEX': (index: number) => [
    `CREATE INDEX i${index} ON customer (c${index})`,
    `DROP INDEX i${index} ON customer`,
  ],
  INSERT: (index: number) => [
    `INSERT INTO plan (id, name) VALUES (${index}, 'It''s plan ${index}')`,
    `DELETE FROM plan WHERE id = ${index}`,
  ],
} as const satisfies Record<string, (index: number) => readonly string[]>;

type Mode = 'without' | 'with';

function main(): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-synth-'));
  try {
    for (const [kind, statements] of Object.entries(KINDS)) {
      const migrations = writeMigrations(path.join(folder, kind.replace(/\W/g, '-')), statements);
      const times: Record<Mode, number[]> = { without: [], with: [] };
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const mode of Object.keys(times) as Mode[]) times[mode].push(timed(mode, migrations, folder));
      }
      const [without, withOurs] = [median(times.without), median(times.with)];
      process.stdout.write(
        `${MIGRATIONS} migrations of ${kind}: without the construct ${Math.round(without)} ms, with it ${Math.round(withOurs)} ms, ` +
          `${Math.round((withOurs / (1.3 * without + 1_000)) * 100)} % of 1.3 times the first and 1 s\n`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeMigrations(folder: string, statements: (index: number) => readonly string[]): string {
  mkdirSync(folder);
  for (let index = 1; index <= MIGRATIONS; index += 1) {
    const [up, down] = statements(index);
    const name = `${String(index).padStart(5, '0')}_migration.sql`;
    writeFileSync(path.join(folder, name), `-- migrate:up\n${up};\n-- migrate:down\n${down};\n`);
  }
  return folder;
}

function timed(mode: Mode, migrations: string, folder: string): number {
  const startedAt = process.hrtime.bigint();
  execFileSync(process.execPath, [__filename, CHILD, mode, migrations, path.join(folder, 'cdk.out')], {
    // What the CDK prints of a thousand warnings is the CDK's; its rules for templates are in either app.
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return Number(process.hrtime.bigint() - startedAt) / 1e6;
}

/** An app with a network and a cluster, and with the construct or without it. */
async function synthesize(mode: Mode, directory: string, outdir: string): Promise<void> {
  const app = new App({ outdir });
  const stack = new Stack(app, 'Bench');
  const vpc = new ec2.Vpc(stack, 'Vpc', {
    natGateways: 0,
    subnetConfiguration: [{ name: 'Isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }],
  });
  const cluster = new rds.DatabaseCluster(stack, 'Database', {
    engine: rds.DatabaseClusterEngine.auroraMysql({ version: rds.AuroraMysqlEngineVersion.VER_3_10_4 }),
    writer: rds.ClusterInstance.serverlessV2('Writer'),
    vpc,
    vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    defaultDatabaseName: 'bench',
  });
  if (mode !== 'without') {
    const { AuroraMigrations, DatabaseTarget } = await import('../lib/index.js');
    new AuroraMigrations(stack, 'Migrations', {
      database: DatabaseTarget.cluster(cluster),
      directory,
      addEndpoints: true,
    });
  }
  app.synth();
}

const [, , first, mode, directory = '', outdir = ''] = process.argv;
if (first === CHILD) void synthesize(mode as Mode, directory, outdir);
else main();
