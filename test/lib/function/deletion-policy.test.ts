import { Aspects, CfnResource, RemovalPolicies, RemovalPolicy } from 'aws-cdk-lib';
import { RELEASE_TYPE, RESOURCE_TYPE } from '../../../lambda/contract';
import type { AuroraMigrations } from '../../../lib';
import { fakePackage } from '../fake-package';
import { CREATE_USER, migrationFolder } from '../source/migration-folder';
import { type StackUnderTest, stackUnderTest } from '../stack-under-test';
import { synthError, warningsOn } from '../synth-messages';

jest.mock('../../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

/** All three resources. */
function underTest(): StackUnderTest {
  const contracting = `-- migrate:phase contract\n${CREATE_USER.replaceAll('user', 'more')}`;
  const directory = migrationFolder({ '0001_create_user.sql': CREATE_USER, '0002_more.sql': contracting });
  const made = stackUnderTest({ directory });
  made.migrations.executeBefore(new CfnResource(made.stack, 'Api', { type: 'Test::Api' }));
  return made;
}

function customOf(migrations: AuroraMigrations, id: RegExp): CfnResource {
  return migrations.node.children.find((child) => id.test(child.node.id))!.node.defaultChild as CfnResource;
}

const retaining = (policy: RemovalPolicy) => (node: unknown) => {
  if (CfnResource.isCfnResource(node)) node.applyRemovalPolicy(policy);
};

describe('a resource that CloudFormation would not delete', () => {
  test.each<[string, (made: StackUnderTest) => void, number]>([
    ['RemovalPolicies of the stack', ({ stack }) => RemovalPolicies.of(stack).retain(), 3],
    ['an aspect that retains all', ({ stack }) => Aspects.of(stack).add({ visit: retaining(RemovalPolicy.RETAIN) }), 3],
    [
      'a policy that deletes only what was just created',
      ({ stack }) => Aspects.of(stack).add({ visit: retaining(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE) }),
      3,
    ],
    [
      'an override of one resource',
      ({ migrations }) => customOf(migrations, /^Release/).addOverride('DeletionPolicy', 'Retain'),
      1,
    ],
  ])('is an error at synth, by %s', (_, retain, findings) => {
    const made = underTest();
    retain(made);
    const error = synthError(made.stack.node.root);
    expect(error.match(/\(resource-retained\)/g)).toHaveLength(findings);
    expect(error).toMatch(/\[Stack\/Migrations\/Release[0-9a-f]{12}\] it has DeletionPolicy: Retain/);
    expect(error).toContain(`excludeResourceTypes: ['${RESOURCE_TYPE}', '${RELEASE_TYPE}']`);
  });

  test('may be left out of what retains the rest', () => {
    const { stack, migrations } = underTest();
    RemovalPolicies.of(stack).retain({ excludeResourceTypes: [RESOURCE_TYPE, RELEASE_TYPE] });
    expect(warningsOn(migrations)).not.toHaveProperty('nothing-waits');
  });
});
