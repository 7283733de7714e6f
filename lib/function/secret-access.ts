import { Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { ValidationError } from '../validation-error';
import { warn } from '../warn';

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
  if (key === undefined) warnOfUnknownKey(scope, secret);
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

/**
 * The key that Secrets Manager takes by default is of no use in another account, so that such a secret has one of its own.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html
 */
function warnOfUnknownKey(scope: Construct, secret: secretsmanager.ISecret): void {
  const [ours, theirs] = [Stack.of(scope).account, secret.env.account];
  if (Token.isUnresolved(ours) || Token.isUnresolved(theirs) || ours === theirs) return;
  warn(
    scope,
    'secret-key-unknown',
    `the secret ${secret.node.path} is of the account ${theirs}, and its key is not known, without which a function of another account cannot decrypt it: give that as encryptionKey where the secret is imported, with Key.fromKeyArn; the policies of both must let the function's role in. Acknowledge this where the role is given the right otherwise`,
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
