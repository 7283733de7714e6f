import { CfnOutput, CfnResource, NestedStack, ReferenceStrength, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { AuroraMigrations } from '../../../lib';
import { fakePackage } from '../fake-package';
import { database, emptyApp, migrationsOf } from '../stack-under-test';
import { synthError, warningsOn } from '../synth-messages';

jest.mock('../../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

const STRENGTH = '@aws-cdk/core:defaultCrossStackReferences';

interface Apps {
  readonly stack: Stack;
  readonly migrations: AuroraMigrations;
  /** Another stack, and what takes values over in it. */
  readonly other: Stack;
  readonly take: (value: string, scope?: Stack) => CfnResource;
}

function stacks(strength?: string, region = 'eu-central-1'): Apps {
  const app = emptyApp();
  if (strength !== undefined) app.node.setContext(STRENGTH, strength);
  const env = { account: '111122223333', region: 'eu-central-1' };
  const stack = new Stack(app, 'Stack', { env, crossRegionReferences: true });
  const migrations = migrationsOf(stack, database(stack).cluster);
  const other = new Stack(app, 'App', { env: { ...env, region }, crossRegionReferences: true });
  const take = (value: string, scope = other): CfnResource =>
    new CfnResource(scope, 'Api', { type: 'Test::Api', properties: { Value: value } });
  return { stack, migrations, other, take };
}

const REFUSED =
  '[Stack/Migrations] App/Api in another stack imports version or digest, which change with every migration';

describe('version and digest change, and CloudFormation refuses to change what another stack imports', () => {
  test.each<[string, (apps: Apps) => unknown, string]>([
    ['the version', ({ migrations, take }) => take(migrations.version), REFUSED],
    ['the digest, in a longer text', ({ migrations, take }) => take(`schema ${migrations.digest}`), REFUSED],
    [
      'in a variable of a function',
      ({ migrations, other }) =>
        new lambda.Function(other, 'Web', {
          runtime: lambda.Runtime.NODEJS_24_X,
          handler: 'index.handler',
          code: lambda.Code.fromInline('exports.handler = async () => {};'),
          environment: { SCHEMA: migrations.digest },
        }),
      'give App/Web to executeBefore',
    ],
    [
      'in an output',
      ({ migrations, other }) => new CfnOutput(other, 'Out', { value: migrations.version }),
      'App/Out in another stack imports version or digest',
    ],
    [
      'in a stack nested in the other one',
      ({ migrations, other, take }) => take(migrations.version, new NestedStack(other, 'Nested')),
      'App/Nested/Api in another stack imports version or digest',
    ],
  ])('so that is an error at synth: %s', (_, use, text) => {
    const apps = stacks();
    use(apps);
    const error = synthError(apps.stack.node.root);
    expect(error).toContain(text);
    expect(error).toContain('(version-imported)');
    expect(error.match(/version-imported/g)).toHaveLength(1);
  });

  test('of migrations in a nested stack too', () => {
    const app = emptyApp();
    const parent = new Stack(app, 'Parent');
    const migrations = migrationsOf(new NestedStack(parent, 'Schema'), database(parent).cluster);
    new CfnResource(new Stack(app, 'App'), 'Api', { type: 'Test::Api', properties: { Value: migrations.version } });
    expect(synthError(app)).toContain('[Parent/Schema/Migrations] App/Api in another stack imports');
  });

  test('and over regions, where the CDK refuses the same in the deployment', () => {
    const apps = stacks(undefined, 'eu-west-1');
    apps.take(apps.migrations.version);
    expect(synthError(apps.stack.node.root)).toContain(REFUSED);
  });

  test.each<[string, () => Apps, (apps: Apps) => unknown]>([
    [
      'by references that are weak everywhere',
      () => stacks('weak'),
      ({ migrations, take }) => take(migrations.version),
    ],
    ['on the way there', () => stacks('both'), ({ migrations, take }) => take(migrations.version)],
    [
      'by a reference that is weak itself',
      () => stacks(),
      ({ migrations, take }) => take(Stack.consumeReference(migrations.version, ReferenceStrength.WEAK)),
    ],
    ['in the same stack', () => stacks(), ({ migrations, stack, take }) => take(migrations.version, stack)],
    [
      'in a stack nested in it',
      () => stacks(),
      ({ migrations, stack, take }) => take(migrations.version, new NestedStack(stack, 'Nested')),
    ],
    [
      'by executeBefore',
      () => stacks(),
      ({ migrations, take }) => migrations.executeBefore(take('no value of the migrations')),
    ],
    [
      'of the function, whose ARN stays',
      () => stacks(),
      ({ migrations, take }) => take(migrations.migrationsFunction.functionArn),
    ],
  ])('and no error %s', (_, make, use) => {
    const apps = make();
    use(apps);
    expect(warningsOn(apps.migrations)).not.toHaveProperty('nothing-waits');
  });

  test('a strong reference is found where all others are weak', () => {
    const apps = stacks('weak');
    apps.take(Stack.consumeReference(apps.migrations.version, ReferenceStrength.STRONG));
    expect(synthError(apps.stack.node.root)).toContain(REFUSED);
  });
});
