import { Token } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { SERVER_SCHEMAS } from '../../lambda/words/server-schemas';
import { isNotLookedUpYet } from '../stack/looked-up';
import { ValidationError } from '../validation-error';
import { warn } from '../warn';

/** Longest name of a database. https://dev.mysql.com/doc/refman/8.0/en/identifier-length.html */
const MAX_NAME_LENGTH = 64;

/** Takes the given name of the database or the known one, or says that one must be given. */
export function requireDatabaseName(
  scope: Construct,
  database: IConstruct,
  given: string | undefined,
  known: string | undefined,
): string {
  const name = given ?? known;
  if (name === undefined) {
    throw new ValidationError(
      scope,
      'database-name-unknown',
      `the name of the database in ${database.node.path} is not known: give it as databaseName in the options of DatabaseTarget. It must be there: a cluster that is not deployed yet creates it with defaultDatabaseName (an instance with databaseName); on one that is, leave that as it is, since CloudFormation would replace it by an empty one`,
    );
  }
  const isKnown = !Token.isUnresolved(name) && !isNotLookedUpYet(name);
  if (isKnown && (name === '' || name.length > MAX_NAME_LENGTH || isServerSchema(name))) {
    throw new ValidationError(
      scope,
      'database-name-invalid',
      `databaseName "${name}" cannot be migrated: give the name of the application's database, 1 to ${MAX_NAME_LENGTH} characters and none of ${SERVER_SCHEMAS.join(', ')}`,
    );
  }
  return name;
}

/**
 * Refuses an engine whose SQL and journal are not ours, and warns of a version on which nothing was ever run. One that is
 * not known, of an imported database, passes.
 */
export function requireMysql(
  scope: Construct,
  database: IConstruct,
  engineType: string | undefined,
  version?: string,
): void {
  if (engineType !== undefined && !/mysql|mariadb|^aurora$/.test(engineType)) {
    throw new ValidationError(
      scope,
      'engine-unsupported',
      `${database.node.path} runs ${engineType}: migrations are made for MySQL (aurora-mysql, mysql, mariadb); give another database`,
    );
  }
  if (version === undefined || Token.isUnresolved(version) || !/^5\.\d/.test(version)) return;
  warn(
    scope,
    'engine-version-old',
    `${database.node.path} runs ${engineType} ${version}, which is MySQL 5: migrations are made for MySQL 8.0 and newer (Aurora MySQL 3) and MariaDB, and nothing was ever run on this one. Upgrade it first`,
  );
}

/** A journal in one of them would be lost or refused. */
function isServerSchema(name: string): boolean {
  return SERVER_SCHEMAS.includes(name.toLowerCase());
}
