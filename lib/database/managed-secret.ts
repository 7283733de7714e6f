import type * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { resolvesAlike } from '../stack/synth-time-dependency';

/**
 * The secret that RDS itself makes and rotates where a resource was told to (`manageMasterUserPassword`) and its
 * construct does not know: before aws-cdk-lib had the property, users set it on the resource, and the construct went on
 * to name the secret that it would have made.
 */
export function managedSecret(
  scope: Construct,
  resource: rds.CfnDBCluster | rds.CfnDBInstance | undefined,
  known: secretsmanager.ISecret | undefined,
): secretsmanager.ISecret | undefined {
  if (resource === undefined || resource.manageMasterUserPassword !== true) return known;
  const secretCompleteArn = resource.attrMasterUserSecretSecretArn;
  const isKnown = known !== undefined && resolvesAlike(resource, known.secretArn, secretCompleteArn);
  return isKnown ? known : secretsmanager.Secret.fromSecretAttributes(scope, 'ManagedSecret', { secretCompleteArn });
}
