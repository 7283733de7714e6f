import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct, IConstruct } from 'constructs';
import type { DatabaseTargetConfig, DatabaseTargetOptions } from './database-target-config';
import { differenceOf } from '../stack/environments';
import { isNotLookedUpYet } from '../stack/looked-up';
import { ValidationError } from '../validation-error';

/** How the function logs in: with a secret, or as a user that IAM vouches for. */
export type DatabaseLogin = Pick<DatabaseTargetConfig, 'secret' | 'iamUser' | 'iamUserArn'>;

/** What is known of a database's ways to log in. */
export interface KnownLogin {
  readonly secret?: secretsmanager.ISecret;
  /** The id by which IAM tells databases apart, such as `cluster-ABCDEFGHIJ`. */
  readonly resourceId?: string;
  /** How the database says whether it takes tokens of IAM; undefined where that is not known. */
  readonly takesIam?: boolean;
}

/**
 * MySQL's longest user name. The characters that are left out mean something in the resource of a permission: `*` would
 * let the function connect as everybody.
 * https://dev.mysql.com/doc/refman/8.0/en/user-names.html
 */
const USER = /^[^*?$/:\s]{1,32}$/;

/** Takes the given user or secret or the known secret, or says that one must be given. */
export function chooseLogin(
  scope: Construct,
  database: IConstruct,
  { secret, iamUser }: DatabaseTargetOptions,
  known: KnownLogin,
): DatabaseLogin {
  if (iamUser === undefined) return { secret: requireSecret(scope, database, secret ?? known.secret) };
  if (secret !== undefined) {
    throw new ValidationError(
      scope,
      'login-ambiguous',
      `both secret and iamUser are given for ${database.node.path}: the function logs in with one of them, leave the other out`,
    );
  }
  if (!Token.isUnresolved(iamUser) && !isNotLookedUpYet(iamUser) && !USER.test(iamUser)) {
    throw new ValidationError(
      scope,
      'iam-user-invalid',
      `iamUser "${iamUser}" cannot be the name of a user: give 1 to 32 characters without blanks and none of * ? $ / :`,
    );
  }
  if (known.takesIam === false) {
    throw new ValidationError(
      scope,
      'iam-authentication-off',
      `${database.node.path} takes no tokens of IAM, as which iamUser would log in: set iamAuthentication: true there (iamAuth: true of a proxy), or give a secret`,
    );
  }
  if (known.resourceId === undefined) {
    throw new ValidationError(
      scope,
      'resource-id-unknown',
      `the resource id of the imported ${database.node.path} is not known, by which IAM tells databases apart: give clusterResourceIdentifier (instanceResourceId of an instance) where it is imported, or a secret`,
    );
  }
  const differing = differenceOf(Stack.of(scope), Stack.of(database));
  if (differing !== undefined) {
    throw new ValidationError(
      scope,
      'iam-user-elsewhere',
      `${database.node.path} is in the ${differing}, and the function signs its tokens for its own account and region: put the migrations into a stack of the database's, or give a secret`,
    );
  }
  const iamUserArn = Stack.of(database).formatArn({
    service: 'rds-db',
    resource: 'dbuser',
    resourceName: `${known.resourceId}/${iamUser}`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return { iamUser, iamUserArn };
}

function requireSecret(
  scope: Construct,
  database: IConstruct,
  secret: secretsmanager.ISecret | undefined,
): secretsmanager.ISecret {
  if (secret === undefined) {
    throw new ValidationError(
      scope,
      'secret-unknown',
      `${database.node.path} has no secret that is known here: give one with username and password as secret in the options of DatabaseTarget`,
    );
  }
  return secret;
}
