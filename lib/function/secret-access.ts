import { Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { ValidationError } from '../validation-error';

/**
 * Lets a role read one secret, and decrypt it where it has a key of its own.
 *
 * Not `grantRead` alone: it lets the role decrypt by the key's own policy only. An imported key's is not in any template, so
 * that nothing would be granted; and that of a key in another stack would refer to our role, while our stack refers to the
 * secret: a circle of stacks. There the role says it, which is enough where the key's policy leaves it to IAM, as the CDK's
 * own does.
 */
export function letRead(scope: Construct, role: iam.Role, secret: secretsmanager.ISecret): void {
  const key = secret.encryptionKey === undefined ? undefined : targetOf(secret.encryptionKey);
  if (key === undefined || isMadeBeside(role, key)) {
    secret.grantRead(role);
    return;
  }
  if (/(^|:)alias\//.test(key.keyArn)) {
    throw new ValidationError(
      scope,
      'secret-key-is-alias',
      `the key of the secret ${secret.node.path} is known by an alias, and a permission to decrypt must name the key itself: give its ARN, with Key.fromKeyArn as encryptionKey where the secret is imported, or as kmsKeyId where RDS manages it`,
    );
  }
  role.addToPolicy(
    new iam.PolicyStatement({
      actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
      // An ARN that was made from a name lacks the six characters at its end.
      resources: [secret.secretFullArn ?? `${secret.secretArn}-??????`],
    }),
  );
  role.addToPolicy(
    new iam.PolicyStatement({
      actions: ['kms:Decrypt'],
      resources: [key.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${regionOf(secret)}.amazonaws.com` } },
    }),
  );
}

function regionOf(secret: secretsmanager.ISecret): string {
  const { region } = secret.env;
  return Token.isUnresolved(region) ? Stack.of(secret).region : region;
}

function targetOf(key: kms.IKey): kms.IKey {
  return kms.CfnAlias.isCfnAlias(key.node.defaultChild) ? (key as kms.IAlias).aliasTargetKey : key;
}

function isMadeBeside(role: iam.Role, key: kms.IKey): boolean {
  return kms.CfnKey.isCfnKey(key.node.defaultChild) && Stack.of(key) === Stack.of(role);
}
