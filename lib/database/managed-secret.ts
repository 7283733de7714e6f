import { type CfnResource, Reference, Stack, Token, Tokenization } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct, IConstruct } from 'constructs';
import { resolvesAlike } from '../stack/synth-time-dependency';

/** The key of Secrets Manager's own, with which everybody decrypts who may read the secret. */
const DEFAULT_KEY = 'alias/aws/secretsmanager';

/**
 * The secret that RDS itself makes and rotates where a resource was told to (`manageMasterUserPassword`) and its
 * construct does not know: before aws-cdk-lib had the property, users set it on the resource, and the construct went on
 * to name the secret that it would have made.
 */
export function managedSecret(
  scope: Construct,
  database: IConstruct,
  known: secretsmanager.ISecret | undefined,
): secretsmanager.ISecret | undefined {
  const resource = database.node.defaultChild;
  if (!rds.CfnDBCluster.isCfnDBCluster(resource) && !rds.CfnDBInstance.isCfnDBInstance(resource)) return known;
  const set = setOn(resource);
  if (set.isManaged !== true) return known;
  const secretCompleteArn = resource.attrMasterUserSecretSecretArn;
  const isKnown = known !== undefined && resolvesAlike(resource, known.secretArn, secretCompleteArn);
  if (isKnown && (known.encryptionKey !== undefined || set.keyId === undefined)) return known;
  const encryptionKey = keyOf(scope, set.keyId);
  return secretsmanager.Secret.fromSecretAttributes(scope, 'ManagedSecret', { secretCompleteArn, encryptionKey });
}

/** What was set on a resource: as a property, or over what the property says (`addPropertyOverride`). */
function setOn(resource: rds.CfnDBCluster | rds.CfnDBInstance): {
  readonly isManaged?: unknown;
  readonly keyId?: string;
} {
  const { rawOverrides } = resource as unknown as {
    readonly rawOverrides?: {
      readonly Properties?: {
        readonly ManageMasterUserPassword?: unknown;
        readonly MasterUserSecret?: { readonly KmsKeyId?: string };
      };
    };
  };
  const secret = resource.masterUserSecret as { readonly kmsKeyId?: string } | undefined;
  return {
    isManaged: rawOverrides?.Properties?.ManageMasterUserPassword ?? resource.manageMasterUserPassword,
    keyId: rawOverrides?.Properties?.MasterUserSecret?.KmsKeyId ?? secret?.kmsKeyId,
  };
}

/** RDS takes a key's id, its ARN or an alias; a permission to decrypt must name its ARN. */
function keyOf(scope: Construct, keyId: string | undefined): kms.IKey | undefined {
  if (keyId === undefined || keyId === DEFAULT_KEY) return undefined;
  const made = madeKey(keyId);
  const around = made?.node.scope;
  // The construct around it, where there is one, can say in the key's own policy that the function may decrypt.
  if (around !== undefined && around.node.defaultChild === made) return around as kms.Key;
  return kms.Key.fromKeyArn(scope, 'ManagedSecretKey', made?.attrArn ?? arnOf(scope, keyId));
}

function madeKey(keyId: string): kms.CfnKey | undefined {
  const token = Tokenization.reverseString(keyId).firstToken;
  if (!Reference.isReference(token)) return undefined;
  const target = token.target as CfnResource;
  return kms.CfnKey.isCfnKey(target) ? target : undefined;
}

function arnOf(scope: Construct, keyId: string): string {
  if (Token.isUnresolved(keyId) || keyId.startsWith('arn:')) return keyId;
  const [, resource = 'key', resourceName = keyId] = /^(alias)\/(.*)$/.exec(keyId) ?? [];
  return Stack.of(scope).formatArn({ service: 'kms', resource, resourceName });
}
