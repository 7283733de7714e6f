import type { CfnResource, CustomResource } from 'aws-cdk-lib';
import { RELEASE_TYPE, RESOURCE_TYPE } from '../../lambda/contract';
import { resolvedResource } from './resolved-resource';

/** What a resource's part of the template says of it, where it says anything. */
interface Policies {
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/**
 * Says at synth where CloudFormation was told to keep a resource of ours, as an aspect does that retains all of a stack. It
 * would then send no Delete: neither a rollback nor the removal of the construct would revert anything, and nobody would be
 * told.
 */
export function keepDeletable(custom: CustomResource): void {
  custom.node.addValidation({
    validate: () => {
      const { DeletionPolicy, UpdateReplacePolicy } = resolvedResource<Policies>(
        custom.node.defaultChild as CfnResource,
      );
      const keeping = Object.entries({ DeletionPolicy, UpdateReplacePolicy })
        .filter(([, policy]) => policy !== undefined && policy !== 'Delete')
        .map(([name, policy]) => `${name}: ${policy}`)
        .join(', ');
      return keeping === ''
        ? []
        : [
            `it has ${keeping}, so that CloudFormation would not call the function where it would delete this, and a rollback would not revert the schema: leave the migrations out of what retains the rest, as with RemovalPolicies.of(stack).retain({ excludeResourceTypes: ['${RESOURCE_TYPE}', '${RELEASE_TYPE}'] }) (resource-retained)`,
          ];
    },
  });
}
