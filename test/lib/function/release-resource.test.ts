import { CfnResource } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { RELEASE_TYPE, RESOURCE_TYPE } from '../../../lambda/contract';
import { AuroraMigrations, DatabaseTarget, type AuroraMigrationsProps } from '../../../lib';
import { fakePackage } from '../fake-package';
import { CREATE_USER, migrationFolder } from '../source/migration-folder';
import { onlyOfType, stackUnderTest } from '../stack-under-test';
import { TemplateGraph, type TemplateJson } from '../stack/template-graph';

jest.mock('../../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

const MORE = CREATE_USER.replaceAll('user', 'more');
const CONTRACTING = `-- migrate:phase contract\n${MORE}`;

function synthesize(files: Readonly<Record<string, string>>, props: Partial<AuroraMigrationsProps> = {}): Template {
  const { stack, migrations } = stackUnderTest({ directory: migrationFolder(files), ...props });
  migrations.executeBefore(new CfnResource(stack, 'Application', { type: 'AWS::SNS::Topic' }));
  return Template.fromStack(stack);
}

function graphOf(template: Template): TemplateGraph {
  return new TemplateGraph(template.toJSON() as TemplateJson);
}

const releaseIdOf = (template: Template): string => graphOf(template).ofType(RELEASE_TYPE).join();

const first = synthesize({ '0001_create_user.sql': CREATE_USER });

test('the resource of a release tells the function which release it is, and whose', () => {
  const migrations = onlyOfType(first, RESOURCE_TYPE);
  expect(onlyOfType(first, RELEASE_TYPE)).toEqual({
    ServiceToken: migrations['ServiceToken'],
    ServiceTimeout: migrations['ServiceTimeout'],
    Digest: migrations['Digest'],
    Database: migrations['Database'],
    ReleaseOf: 'Migrations23B444C5',
  });
});

test('another release has another one', () => {
  const second = synthesize({ '0001_create_user.sql': CREATE_USER, '0002_create_more.sql': MORE });
  expect(releaseIdOf(second)).not.toBe(releaseIdOf(first));
});

test.each<[string, Readonly<Record<string, string>>, Partial<AuroraMigrationsProps>]>([
  ['a comment', { '0001_create_user.sql': `-- why\n${CREATE_USER}` }, {}],
  ['options', { '0001_create_user.sql': CREATE_USER }, { runOnEveryUpdate: true, memorySize: 1024 }],
])('the same migrations with other %s have the same one', (_, files, props) => {
  const changed = synthesize(files, props);
  expect(releaseIdOf(changed)).toBe(releaseIdOf(first));
  expect(onlyOfType(changed, RELEASE_TYPE)).toEqual(onlyOfType(first, RELEASE_TYPE));
});

test('migrations first, then the release, the application, and what contracts', () => {
  const template = synthesize({ '0001_create_user.sql': CREATE_USER, '0002_create_more.sql': CONTRACTING });
  const graph = graphOf(template);
  const order = ['Migrations23B444C5', releaseIdOf(template), 'Application', 'MigrationsContractB55A1358'];
  order.forEach((id, place) => {
    expect(order.filter((other) => graph.before(id).has(other))).toEqual(order.slice(0, place));
  });
});

test('two constructs of a stack have one each', () => {
  const { stack, cluster } = stackUnderTest();
  new AuroraMigrations(stack, 'Reporting', {
    database: DatabaseTarget.cluster(cluster, { databaseName: 'reporting' }),
    directory: migrationFolder({ '0001_create_user.sql': CREATE_USER }),
  });
  const graph = graphOf(Template.fromStack(stack));
  const constructs = Object.values(Template.fromStack(stack).findResources(RELEASE_TYPE)).map(
    (resource) => (resource as { readonly Properties: { readonly ReleaseOf: string } }).Properties.ReleaseOf,
  );
  expect(constructs.toSorted()).toEqual(graph.ofType(RESOURCE_TYPE).toSorted());
  expect(new Set(constructs).size).toBe(2);
});
