import { type App, CfnResource, NestedStack, Stack } from 'aws-cdk-lib';
import { Annotations as Found, Match, Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { RELEASE_TYPE, RESOURCE_TYPE } from '../../../lambda/contract';
import { readMigrations } from '../../../lib/source/migration-source';
import { fakePackage } from '../fake-package';
import { CREATE_USER, migrationFolder } from './migration-folder';
import { type Files, problemsOf, read, scriptsOf } from './read-migrations';
import {
  database,
  emptyApp,
  migrationsOf,
  propertiesOf,
  type StackUnderTest,
  stackUnderTest,
} from '../stack-under-test';
import { TemplateGraph, type TemplateJson } from '../stack/template-graph';
import { thrownBy } from '../thrown-by';

jest.mock('../../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

const CONTRACT = `-- migrate:phase contract\n${CREATE_USER.replaceAll('user', 'old')}`;
const MODULE = 'export const up = async () => {};\nexport const down = up;\n';
const BOTH = { '0001_user.sql': CREATE_USER, '0002_old.sql': CONTRACT };
/** Logical ids: a contract with every stack that is deployed. */
const [FIRST, SECOND] = ['Migrations23B444C5', 'MigrationsContractB55A1358'];

function withPhases(files: Files = BOTH): StackUnderTest & { readonly application: CfnResource } {
  const built = stackUnderTest({ directory: migrationFolder(files) });
  const application = new CfnResource(built.stack, 'Application', { type: 'Test::Application' });
  built.migrations.executeBefore(application);
  return { ...built, application };
}

describe('the phase is read', () => {
  test('from each form of a migration, and is no part of script and digest', () => {
    const files = {
      '0001_a.sql': CREATE_USER,
      '0002_b.up.sql': 'DROP TABLE b;',
      '0002_b.down.sql': 'CREATE TABLE b (id INT);',
      '0003_c.sql': CREATE_USER,
    };
    const set = read({
      ...files,
      '0002_b.up.sql': `-- migrate:phase contract\n${files['0002_b.up.sql']}`,
      '0003_c.sql': `-- migrate:phase contract\n${CREATE_USER}`,
    });
    expect(set.manifest.migrations.map(({ phase }) => phase)).toEqual([undefined, 'contract', 'contract']);
    expect(scriptsOf(set)).toEqual(scriptsOf(read(files)));
    expect(set.manifest.digest).toBe(read(files).manifest.digest);
    expect(JSON.stringify(read(files).manifest)).not.toContain('phase');
  });

  test('from a down of its own too, where nobody would look for it', () => {
    const down = '-- migrate:phase contract\nCREATE TABLE b (id INT);';
    const set = read({ '0002_b.up.sql': 'DROP TABLE b;', '0002_b.down.sql': down });
    expect(set.manifest.migrations).toMatchObject([{ phase: 'contract' }]);
  });

  test('from a module’s export', () => {
    const set = read({ '0001_a.js': `${MODULE}export const phase = 'contract';`, '0002_b.js': MODULE });
    expect(set.manifest.migrations.map(({ phase }) => phase)).toEqual(['contract', undefined]);
  });

  test.each<[Files, RegExp]>([
    [{ '0001_a.sql': `-- migrate:phase expand\n${CREATE_USER}` }, /^0001_a\.sql:1: "migrate:phase expand" is not a/],
    [{ '0001_a.js': `${MODULE}export const phase = 'later';` }, /^0001_a\.js: its export phase .* \(phase-unknown\)$/],
  ])('and not guessed: %j', (files, problem) => {
    expect(problemsOf(files)).toEqual([expect.stringMatching(problem)]);
  });
});

describe('the review', () => {
  const orderOf = (files: Files): readonly string[] =>
    readMigrations(migrationFolder(files))
      .warnings.filter(({ code }) => code === 'phase-order')
      .map(({ file }) => file);

  test('tells what runs before a contracting migration though it stands after it', () => {
    expect(orderOf({ '0001_a.sql': CONTRACT, '0002_b.sql': CREATE_USER, '0003_c.sql': CREATE_USER })).toEqual([
      '0002_b.sql',
    ]);
    expect(orderOf(BOTH)).toEqual([]);
    const ignored = `-- review:ignore phase-order\n${CREATE_USER}`;
    expect(orderOf({ '0001_a.sql': CONTRACT, '0002_b.sql': ignored })).toEqual([]);
  });

  test('as a warning of the CDK', () => {
    const { stack } = withPhases({ '0001_a.sql': CONTRACT, '0002_b.sql': CREATE_USER });
    const message = Match.stringLikeRegexp('stands after 0001_a, .* \\(phase-order\\)');
    Found.fromStack(stack).hasWarning('/Stack/Migrations/0002_b', message);
  });
});

describe('the second resource', () => {
  test('is there only where a migration has the phase, and changes nothing of what is there without it', () => {
    const without = Template.fromStack(withPhases({ '0001_user.sql': CREATE_USER }).stack);
    const template = Template.fromStack(withPhases().stack);
    expect(Object.keys(without.findResources(RESOURCE_TYPE))).toEqual([FIRST]);
    const added = Object.keys(template.toJSON().Resources as object).filter(
      (id) => !(id in (without.toJSON().Resources as object)),
    );
    expect(added.toSorted()).toEqual([SECOND, ...Object.keys(template.findResources(RELEASE_TYPE))].toSorted());
  });

  test('has the properties of the first, and says whose second it is', () => {
    const template = Template.fromStack(withPhases().stack);
    const first = propertiesOf(template, FIRST);
    expect(first).not.toHaveProperty('ContractOf');
    expect(propertiesOf(template, SECOND)).toEqual({ ...first, ContractOf: FIRST });
  });

  test('is made after the application, which is made after the first; and deleted before all that the function needs', () => {
    const graph = new TemplateGraph(Template.fromStack(withPhases().stack).toJSON() as TemplateJson);
    const before = graph.before(SECOND);
    expect([...before]).toEqual(expect.arrayContaining(['Application', FIRST]));
    expect(graph.before('Application')).toContain(FIRST);
    expect([...graph.before(FIRST)].filter((id) => !before.has(id))).toEqual([]);
    expect(graph.circular()).toEqual([]);
  });

  test('of two databases with one application wait for it, though one comes after the other', () => {
    const { stack, cluster, migrations, application } = withPhases();
    const second = migrationsOf(new Construct(stack, 'Other'), cluster, { directory: migrationFolder(BOTH) });
    second.executeAfter(migrations);
    second.executeBefore(application);
    const template = Template.fromStack(stack, { skipCyclicalDependenciesCheck: true });
    expect(new TemplateGraph(template.toJSON() as TemplateJson).circular()).toEqual([]);
  });

  test('has to have something to wait for', () => {
    const { stack } = stackUnderTest({ directory: migrationFolder(BOTH) });
    expect(() => (stack.node.root as App).synth()).toThrow(/executeBefore was given nothing: .*\(contract-unordered\)/);
  });

  test('cannot wait for another stack, but for a nested one', () => {
    const app = emptyApp();
    const stack = new Stack(app, 'Stack');
    const migrations = migrationsOf(stack, database(stack).cluster, { directory: migrationFolder(BOTH) });
    migrations.executeBefore(new NestedStack(stack, 'Nested'));
    const other = new CfnResource(new Stack(app, 'Later'), 'Application', { type: 'Test::Application' });
    expect(thrownBy(() => migrations.executeBefore(other))).toMatchObject({ code: 'contract-other-stack' });
  });
});
