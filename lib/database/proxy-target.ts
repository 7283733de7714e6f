import { ArnFormat, type CfnResource, Reference, Stack, Tokenization } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as rds from 'aws-cdk-lib/aws-rds';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { type Construct, Dependable } from 'constructs';
import { clusterTargetConfig } from './cluster-target';
import { chooseLogin, type DatabaseLogin } from './database-login';
import type { DatabaseTargetConfig, ProxyTargetOptions } from './database-target-config';
import { instanceTargetConfig } from './instance-target';
import { managedSecret } from './managed-secret';
import { isNeededRule } from '../network/network-needs';
import { MYSQL_PORT } from './secret-target';
import { resourcesBeside, synthTimeDependency } from '../stack/synth-time-dependency';
import { requireDatabaseName, requireMysql } from './target-checks';
import { ValidationError } from '../validation-error';

/** The member that the proxies of this app have and imported ones have not. */
interface KnownProxy extends rds.IDatabaseProxy {
  readonly connections?: ec2.Connections;
}

/** The constructs of this app that a proxy may have been told of. */
type KnownDatabase = (rds.IDatabaseCluster | rds.IDatabaseInstance) & { readonly secret?: secretsmanager.ISecret };

/**
 * What `AuroraMigrations` needs to know of an RDS Proxy.
 *
 * The function needs one session from the lock to the last statement. Its first statement is a GET_LOCK, after which the
 * proxy pins the session, whatever its `sessionPinningFilters` say: they are about SET.
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy-pinning.html
 */
export function proxyTargetConfig(
  scope: Construct,
  proxy: rds.IDatabaseProxy,
  options: ProxyTargetOptions,
): DatabaseTargetConfig {
  const resource = proxy.node.defaultChild;
  const known = rds.CfnDBProxy.isCfnDBProxy(resource) ? resource : undefined;
  requireMysql(scope, proxy, known?.engineFamily.toLowerCase());
  const behind = databaseBehind(proxy);
  const login = proxyLogin(scope, proxy, known, options, behind);
  const database =
    behind === undefined
      ? unknownDatabase(scope, proxy, options)
      : 'clusterIdentifier' in behind
        ? clusterTargetConfig(scope, behind, options, login)
        : instanceTargetConfig(scope, behind, options, login);
  const securityGroups = options.securityGroups ?? (proxy as KnownProxy).connections?.securityGroups ?? [];
  return {
    ...database,
    ...login,
    host: proxy.endpoint,
    port: String(MYSQL_PORT),
    connections: new ec2.Connections({ securityGroups, defaultPort: ec2.Port.tcp(MYSQL_PORT) }),
    needs: synthTimeDependency(() => [
      ...(Dependable.of(database.needs).dependencyRoots as CfnResource[]),
      ...proxyNeeds(scope, proxy, securityGroups, database.connections.securityGroups),
    ]),
  };
}

/** The database that is registered with the proxy, where both are of this app. */
function databaseBehind(proxy: rds.IDatabaseProxy): KnownDatabase | undefined {
  const group = targetGroupOf(proxy);
  const id = [...(group?.dbClusterIdentifiers ?? []), ...(group?.dbInstanceIdentifiers ?? [])][0];
  if (id === undefined) return undefined;
  const token = Tokenization.reverseString(id).firstToken;
  if (!Reference.isReference(token)) return undefined;
  // The construct around a resource is the one that the user made, unless the user made the resource itself.
  const { scope } = token.target.node;
  return scope?.node.defaultChild === token.target ? (scope as KnownDatabase) : undefined;
}

function unknownDatabase(
  scope: Construct,
  proxy: rds.IDatabaseProxy,
  options: ProxyTargetOptions,
): Pick<DatabaseTargetConfig, 'databaseName' | 'identity' | 'needs' | 'connections'> {
  const databaseName = requireDatabaseName(scope, proxy, options.databaseName, undefined);
  return {
    databaseName,
    identity: `${proxy.dbProxyName}/${databaseName}`,
    needs: synthTimeDependency(() => []),
    connections: new ec2.Connections(),
  };
}

/** The proxy has an id of its own for IAM: a permission for the cluster behind it opens nothing. */
function proxyLogin(
  scope: Construct,
  proxy: rds.IDatabaseProxy,
  resource: rds.CfnDBProxy | undefined,
  options: ProxyTargetOptions,
  behind: KnownDatabase | undefined,
): DatabaseLogin {
  const resourceId = Stack.of(proxy).splitArn(proxy.dbProxyArn, ArnFormat.COLON_RESOURCE_NAME).resourceName;
  const takesIam = resource && isIamRequired(resource);
  const secret = behind && managedSecret(scope, behind, behind.secret);
  const login = chooseLogin(scope, proxy, options, { secret, resourceId, takesIam });
  if (takesIam === true && login.iamUser === undefined) {
    throw new ValidationError(
      scope,
      'iam-authentication-required',
      `${proxy.node.path} takes tokens of IAM only: give the name of the database user as iamUser in the options of DatabaseTarget`,
    );
  }
  return login;
}

function isIamRequired(resource: rds.CfnDBProxy): boolean {
  const auth = Stack.of(resource).resolve(resource.auth) as readonly rds.CfnDBProxy.AuthFormatProperty[] | undefined;
  return resource.defaultAuthScheme === 'IAM_AUTH' || auth?.some(({ iamAuth }) => iamAuth === 'REQUIRED') === true;
}

/** What the proxy needs to pass a session on: its targets, its way to them, and its permission to read their secret. */
function proxyNeeds(
  scope: Construct,
  proxy: rds.IDatabaseProxy,
  ownGroups: readonly ec2.ISecurityGroup[],
  databaseGroups: readonly ec2.ISecurityGroup[],
): CfnResource[] {
  const idsOf = (groups: readonly ec2.ISecurityGroup[]): string[] => groups.map((group) => group.securityGroupId);
  return resourcesBeside(scope, proxy).filter(
    (resource) =>
      isNeededRule(resource, idsOf(ownGroups), idsOf(databaseGroups)) ||
      (resource.node.scopes.includes(proxy) &&
        (rds.CfnDBProxyTargetGroup.isCfnDBProxyTargetGroup(resource) || iam.CfnPolicy.isCfnPolicy(resource))),
  );
}

function targetGroupOf(proxy: rds.IDatabaseProxy): rds.CfnDBProxyTargetGroup | undefined {
  return proxy.node.children.find((node) => rds.CfnDBProxyTargetGroup.isCfnDBProxyTargetGroup(node));
}
