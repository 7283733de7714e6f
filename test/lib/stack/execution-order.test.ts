import { Annotations, type App, CfnOutput, CfnResource, NestedStack, ReferenceStrength, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { AuroraMigrations, type AuroraMigrationsProps, DatabaseTarget } from '../../../lib';
import { fakePackage } from '../fake-package';
import { CREATE_USER, migrationFolder } from '../source/migration-folder';
import { database, emptyApp, migrationsOf, stackUnderTest } from '../stack-under-test';
import { synthError, warningsOn } from '../synth-messages';
import { thrownBy } from '../thrown-by';

jest.mock('../../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

const imported = (scope: Construct): Construct => lambda.Function.fromFunctionName(scope, 'Imported', 'api');

const resourceIn = (scope: Construct, id = 'Api'): CfnResource => new CfnResource(scope, id, { type: 'Test::Api' });

/** A cluster in one stack, its migrations in another. */
function overStacks(props: Partial<AuroraMigrationsProps> = {}): {
  readonly app: App;
  readonly data: Stack;
  readonly stack: Stack;
  readonly migrations: AuroraMigrations;
} {
  const app = emptyApp();
  const data = new Stack(app, 'Data');
  const { cluster } = database(data);
  const stack = new Stack(app, 'Stack');
  return { app, data, stack, migrations: migrationsOf(stack, cluster, props) };
}

describe('what waits in a circle is named, over stacks', () => {
  test('executeBefore of something in the cluster’s stack', () => {
    const { app, data, migrations } = overStacks();
    migrations.executeBefore(resourceIn(data));

    const error = synthError(app);

    expect(error).toContain(
      '[Stack/Migrations] executeBefore was given Data/Api, and the migrations need Data/Cluster/',
    );
    expect(error).toContain('of its stack Data. Stacks wait for each other as a whole: put ');
    expect(thrownBy(() => app.synth())).toMatchObject({ code: 'order-circular' });
  });

  test('executeBefore of something in a stack that is nested in the cluster’s', () => {
    const { app, data, migrations } = overStacks();
    migrations.executeBefore(resourceIn(new NestedStack(data, 'Nested')));
    expect(synthError(app)).toContain('executeBefore was given Data/Nested/Api, ');
  });

  test('executeBefore of something in a stack that ours was told to wait for', () => {
    const { app, stack, migrations } = overStacks();
    const first = new Stack(app, 'First');
    stack.addStackDependency(first);
    migrations.executeBefore(resourceIn(first));
    expect(synthError(app)).toContain('executeBefore was given First/Api, and the migrations need its stack First.');
  });

  test('executeAfter of something in a stack that was told to wait for ours', () => {
    const { app, stack, migrations } = overStacks();
    const later = new Stack(app, 'Later');
    later.addStackDependency(stack);
    migrations.executeAfter(resourceIn(later));
    expect(synthError(app)).toContain('executeAfter was given Later/Api, and its stack Later waits for');
  });

  test('executeAfter and executeBefore of the same stack', () => {
    const { app, migrations } = overStacks();
    const other = new Stack(app, 'Other');
    migrations.executeAfter(resourceIn(other, 'First'));
    migrations.executeBefore(resourceIn(other, 'Second'));
    expect(synthError(app)).toContain(
      'executeBefore was given Other/Second, and the migrations need Other/First of its stack Other',
    );
  });

  test.each([
    [
      'executeBefore',
      (a: AuroraMigrations, b: AuroraMigrations): void => {
        a.executeBefore(b);
        b.executeBefore(a);
      },
    ],
    [
      'executeAfter',
      (a: AuroraMigrations, b: AuroraMigrations): void => {
        a.executeAfter(b);
        b.executeAfter(a);
      },
    ],
  ])('two constructs with migrations, by %s', (name, order) => {
    const { app, data, migrations } = overStacks();
    const { cluster } = { cluster: data.node.findChild('Cluster') as never };
    const other = new AuroraMigrations(new Stack(app, 'Other'), 'Migrations', {
      database: DatabaseTarget.cluster(cluster, { databaseName: 'reporting' }),
      directory: migrationFolder({ '0001_a.sql': CREATE_USER }),
    });
    order(migrations, other);
    expect(synthError(app)).toMatch(new RegExp(`${name} was given Other/Migrations`));
  });

  test('stacks nested in one: the migrations in one, cluster and application in the other', () => {
    const app = emptyApp();
    const parent = new Stack(app, 'Parent');
    const data = new NestedStack(parent, 'Data');
    const { cluster } = database(data);
    const migrations = migrationsOf(new NestedStack(parent, 'Schema'), cluster);
    migrations.executeBefore(resourceIn(data));
    expect(synthError(app)).toContain('executeBefore was given Parent/Data/Api, and the migrations need Parent/Data/');
  });
});

describe('what waits in a circle is named, in one stack', () => {
  test('two constructs with migrations that wait for each other', () => {
    const { stack, cluster, migrations } = stackUnderTest();
    const other = new AuroraMigrations(stack, 'Other', {
      database: DatabaseTarget.cluster(cluster, { databaseName: 'reporting' }),
      directory: migrationFolder({ '0001_a.sql': CREATE_USER }),
    });
    migrations.executeAfter(other);
    other.executeAfter(migrations);

    expect(synthError(stack.node.root)).toContain(
      'the migrations wait for themselves: Stack/Migrations waits for Stack/Other, which waits for Stack/Migrations',
    );
  });

  test('a circle over a resource that neither was given', () => {
    const { stack, migrations } = stackUnderTest();
    const between = resourceIn(stack, 'Between');
    const last = resourceIn(stack, 'Last');
    last.addResourceDependency(between);
    migrations.executeBefore(between);
    migrations.executeAfter(last);

    expect(synthError(stack.node.root)).toContain(
      'Stack/Migrations waits for Stack/Last, which waits for Stack/Between, which waits for Stack/Migrations',
    );
  });

  test('a circle over a value that the application gets', () => {
    const { stack, migrations } = stackUnderTest();
    const api = new CfnResource(stack, 'Api', { type: 'Test::Api', properties: { Version: migrations.version } });
    migrations.executeAfter(api);
    expect(synthError(stack.node.root)).toContain('Stack/Migrations waits for Stack/Api, which waits for');
  });

  test('a circle over what contracts, of what was told to wait for all of the migrations', () => {
    const contracting = { '0001_a.sql': `-- migrate:phase contract\n${CREATE_USER}` };
    const { stack, migrations } = stackUnderTest({ directory: migrationFolder(contracting) });
    const [api, web] = [resourceIn(stack), resourceIn(stack, 'Web')];
    api.node.addDependency(web);
    web.node.addDependency(migrations);
    migrations.executeBefore(api);
    expect(synthError(stack.node.root)).toMatch(
      /phase contract wait for themselves: Stack\/Migrations waits for Stack\/Api, which waits for Stack\/Web, which waits for Stack\/Migrations: .* leave it to executeBefore alone \(order-circular\)/,
    );
  });

  test('a circle over a nested stack', () => {
    const parent = new Stack(emptyApp(), 'Parent');
    const { cluster } = database(parent);
    const migrations = migrationsOf(new NestedStack(parent, 'Schema'), cluster);
    const [first, last] = [resourceIn(parent, 'First'), resourceIn(parent, 'Last')];
    last.addResourceDependency(first);
    migrations.executeBefore(first);
    migrations.executeAfter(last);
    expect(synthError(parent.node.root)).toMatch(
      /Parent\/Schema\S* waits for Parent\/Last, which waits for Parent\/First, which waits for Parent\/Schema/,
    );
  });
});

describe('that nothing waits for the migrations', () => {
  const CODE = 'nothing-waits';

  test('is a warning, which can be acknowledged', () => {
    const { migrations } = stackUnderTest();
    expect(warningsOn(migrations)[CODE]).toContain('Give the application to executeBefore');

    const other = stackUnderTest().migrations;
    Annotations.of(other).acknowledgeWarning(`cdk-aurora-migrations:${CODE}`, 'deployed by another app');
    expect(warningsOn(other)).not.toHaveProperty(CODE);
  });

  test('is a warning too where an output shows the version', () => {
    const { stack, migrations } = stackUnderTest();
    new CfnOutput(stack, 'Version', { value: migrations.version });
    expect(warningsOn(migrations)).toHaveProperty(CODE);
  });

  test('and where other constructs of ours are told of alarms', () => {
    const { migrations } = stackUnderTest({ dashboard: true, httpEndpoint: true });
    expect(warningsOn(migrations)).toHaveProperty(CODE);
  });

  const WAITING: readonly (readonly [string, (migrations: AuroraMigrations, stack: Stack) => void])[] = [
    ['executeBefore', (migrations, stack) => migrations.executeBefore(resourceIn(stack))],
    ['addDependency', (migrations, stack) => resourceIn(stack).node.addDependency(migrations)],
    [
      'an attribute',
      (migrations, stack) =>
        new lambda.Function(stack, 'Api', {
          runtime: lambda.Runtime.NODEJS_24_X,
          handler: 'index.handler',
          code: lambda.Code.fromInline('exports.handler = async () => {};'),
          environment: { SCHEMA: migrations.digest },
        }),
    ],
    [
      'a stack nested in ours',
      (migrations, stack) => {
        const nested = new NestedStack(stack, 'Nested');
        resourceIn(nested);
        migrations.executeBefore(nested);
      },
    ],
    ['another stack', (migrations, stack) => migrations.executeBefore(resourceIn(new Stack(stack.node.root, 'App')))],
    ['another stack by its own', (_, stack) => new Stack(stack.node.root, 'App').addStackDependency(stack)],
    [
      'another stack by an attribute that is read weakly',
      (migrations, stack) =>
        new CfnResource(new Stack(stack.node.root, 'App'), 'Api', {
          type: 'Test::Api',
          properties: { Version: Stack.consumeReference(migrations.version, ReferenceStrength.WEAK) },
        }),
    ],
  ];

  test.each(WAITING)('is not said where something does by %s', (_, order) => {
    const { stack, migrations } = stackUnderTest();
    resourceIn(stack, 'Other');
    order(migrations, stack);
    expect(warningsOn(migrations)).not.toHaveProperty(CODE);
  });

  test('is said where all that was given has no resource in the app, and what that was', () => {
    const { stack, migrations } = stackUnderTest();
    migrations.executeBefore(imported(stack));
    expect(warningsOn(migrations)[CODE]).toContain(
      'nothing waits for the migrations (executeBefore was given Stack/Imported, which has no resource in this app)',
    );

    const contracting = { '0001_a.sql': `-- migrate:phase contract\n${CREATE_USER}` };
    const other = stackUnderTest({ directory: migrationFolder(contracting) });
    other.migrations.executeBefore(imported(other.stack));
    expect(synthError(other.stack.node.root)).toContain(
      'executeBefore was given Stack/Imported, which has no resource in this app: give it the application',
    );
  });

  test('is not said where one of those that were given has resources', () => {
    const { stack, migrations } = stackUnderTest();
    migrations.executeBefore(imported(stack), resourceIn(stack));
    expect(warningsOn(migrations)).not.toHaveProperty(CODE);
  });

  test('is not said of migrations in a nested stack that the parent’s application waits for', () => {
    const parent = new Stack(emptyApp(), 'Parent');
    const { cluster } = database(parent);
    const migrations = migrationsOf(new NestedStack(parent, 'Schema'), cluster);
    migrations.executeBefore(resourceIn(parent));
    expect(warningsOn(migrations)).not.toHaveProperty(CODE);
  });
});

describe('that the migrations wait for nothing that is deployed', () => {
  const CODE = 'waits-for-nothing';

  test('is a warning that names what executeAfter was given', () => {
    const { stack, migrations } = stackUnderTest();
    migrations.executeAfter(imported(stack), resourceIn(stack));
    expect(warningsOn(migrations)[CODE]).toContain('executeAfter was given Stack/Imported, which has no resource');
  });

  test('is not said of other migrations, or of resources in another stack', () => {
    const { stack, cluster, migrations } = stackUnderTest();
    const other = new AuroraMigrations(stack, 'Other', {
      database: DatabaseTarget.cluster(cluster, { databaseName: 'reporting' }),
      directory: migrationFolder({ '0001_a.sql': CREATE_USER }),
    });
    other.executeAfter(migrations, resourceIn(new Stack(stack.node.root, 'First')));
    expect(warningsOn(other)).not.toHaveProperty(CODE);
  });
});
