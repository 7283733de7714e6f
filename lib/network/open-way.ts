import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { IConstruct } from 'constructs';
import { outermostStack } from '../stack/outermost-stack';

const DESCRIPTION = 'migrations';

/**
 * Lets the function's groups out to, and into, where it connects to.
 *
 * The rules between two groups refer to both. The CDK makes them in the stack of the function's group (from our side: in the
 * stack of the other one it would make them with `allowFrom`, which then waits for ours while ours waits for it). A group that
 * was made in a third stack, as that of the VPC, would so wait for the database, which is in the VPC: a circle of stacks. Its
 * rules are made in the stack of the other group, which waits for that of the VPC anyway; there, so that two constructs
 * with the same groups have one rule.
 */
export function openWay(
  scope: IConstruct,
  ours: readonly ec2.ISecurityGroup[],
  other: ec2.IConnectable,
  port: ec2.Port,
): void {
  const theirs = other.connections.securityGroups;
  const isFar = (group: ec2.ISecurityGroup): boolean =>
    isMade(group) &&
    outermostStack(group) !== outermostStack(scope) &&
    theirs.some((their) => isMade(their) && Stack.of(their) !== Stack.of(group));
  const securityGroups = ours.filter((group) => !isFar(group));
  new ec2.Connections({ securityGroups }).allowTo(other, port, DESCRIPTION);
  for (const group of ours.filter(isFar)) {
    for (const their of theirs) {
      new ec2.Connections({ securityGroups: [standIn(group, their)] }).allowTo(their, port, DESCRIPTION);
    }
  }
}

/** A group as the stack of another one knows it: what is added to it is made there. */
function standIn(group: ec2.ISecurityGroup, their: ec2.ISecurityGroup): ec2.ISecurityGroup {
  const stack = Stack.of(their);
  if (stack === Stack.of(group)) return group;
  const id = `MigrationsGroup${group.node.addr}`;
  const { securityGroupId, allowAllOutbound } = group;
  return (
    (stack.node.tryFindChild(id) as ec2.ISecurityGroup | undefined) ??
    ec2.SecurityGroup.fromSecurityGroupId(stack, id, securityGroupId, { allowAllOutbound })
  );
}

/** Not so an imported one: its id refers to nothing, and nobody knows what rules it has. */
export function isMade(group: ec2.ISecurityGroup): boolean {
  return ec2.CfnSecurityGroup.isCfnSecurityGroup(group.node.defaultChild);
}
