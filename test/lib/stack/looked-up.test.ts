import { type App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { AuroraMigrations, DatabaseTarget } from '../../../lib';
import { fakePackage } from '../fake-package';
import { CREATE_USER, migrationFolder } from '../source/migration-folder';
import { emptyApp } from '../stack-under-test';

jest.mock('../../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

const ENV = { account: '111122223333', region: 'eu-central-1' };

let app: App;
let stack: Stack;

beforeEach(() => {
  app = emptyApp();
  stack = new Stack(app, 'Stack', { env: ENV });
});

/** With another folder for each id, so that two of one database are an error. */
function migrate(id: string, database: DatabaseTarget): void {
  const directory = migrationFolder({ [`0001_${id.toLowerCase()}.sql`]: CREATE_USER });
  const vpc = ec2.Vpc.fromLookup(stack, `${id}Vpc`, { vpcId: `vpc-${id}` });
  new AuroraMigrations(stack, id, { database, directory, vpc });
}

const secretOf = (id: string): secretsmanager.ISecret =>
  secretsmanager.Secret.fromSecretNameV2(stack, `${id}Secret`, `${id}/admin`);

const valueOf = (name: string): string => ssm.StringParameter.valueFromLookup(stack, name);

/** How many values the first synth asks the CLI to look up; it can only ask where synth comes to its end. */
const missing = (): number => (app.synth().manifest.missing ?? []).length;

describe('an app whose values the CDK has yet to look up comes to the end of its first synth', () => {
  test.each<[string, (id: string) => DatabaseTarget]>([
    [
      'two clusters',
      (id) =>
        DatabaseTarget.cluster(rds.DatabaseCluster.fromLookup(stack, id + 'Cluster', { clusterIdentifier: id }), {
          databaseName: 'app',
          secret: secretOf(id),
        }),
    ],
    [
      'two instances',
      (id) =>
        DatabaseTarget.instance(rds.DatabaseInstance.fromLookup(stack, id + 'Instance', { instanceIdentifier: id }), {
          databaseName: 'app',
          secret: secretOf(id),
        }),
    ],
    [
      'two hosts',
      (id) => DatabaseTarget.secret(secretOf(id), { host: valueOf(`/databases/${id}/host`), databaseName: 'app' }),
    ],
    [
      'two names of databases',
      (id) =>
        DatabaseTarget.secret(secretOf(id), {
          host: 'orders.example.com',
          databaseName: valueOf(`/databases/${id}/the-long-name-of-a-parameter/that-says-the-name-of-the-database`),
        }),
    ],
    [
      'two users',
      (id) =>
        DatabaseTarget.cluster(
          rds.DatabaseCluster.fromDatabaseClusterAttributes(stack, id + 'Cluster', {
            clusterIdentifier: id,
            clusterResourceIdentifier: `cluster-${id}`,
            clusterEndpointAddress: `${id}.example.com`,
            port: 3306,
          }),
          { databaseName: 'app', iamUser: valueOf(`/databases/${id}/user`) },
        ),
    ],
  ])('of %s', (_, targetOf) => {
    for (const id of ['First', 'Second']) migrate(id, targetOf(id));
    expect(missing()).toBeGreaterThanOrEqual(3);
  });
});
