import { createHash, randomUUID } from 'node:crypto';
import { type Json, type JsonObject, textOf } from './json';

/** Whose resources ids and attributes are made up for. */
export interface Account {
  readonly stackName: string;
  readonly stackId: string;
  readonly region: string;
  readonly accountId: string;
}

/** Of a stack that is about to be created. */
export function newAccount(stack: {
  readonly name: string;
  readonly region: string;
  readonly accountId: string;
}): Account {
  const { name: stackName, region, accountId } = stack;
  const stackId = `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/${randomUUID()}`;
  return { stackName, stackId, region, accountId };
}

/** The address that database clusters and instances get. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
}

/** An id that is the same each time that the stack's resource is asked for, as `Ref` gives it. */
export function physicalIdFor(account: Account, logicalId: string, type: string, properties: JsonObject): string {
  const generated = makeName(account, logicalId, hash(`${account.stackId} ${logicalId}`));
  const given = properties[NAME_PROPERTY[type] ?? 'Name'];
  const name = typeof given === 'string' ? given : generated;
  switch (type) {
    case 'AWS::SecretsManager::Secret':
      return `${arnPrefix(account, 'secretsmanager')}:secret:${name}-${hash(generated).slice(0, 6)}`;
    case 'AWS::SecretsManager::SecretTargetAttachment':
      return textOf(properties.SecretId);
    case 'AWS::ECS::TaskDefinition':
      return `${arnPrefix(account, 'ecs')}:task-definition/${name}:${hash(JSON.stringify(properties))}`;
    case 'AWS::SNS::Topic':
      return `${arnPrefix(account, 'sns')}:${name}`;
    case 'AWS::RDS::DBCluster':
    case 'AWS::RDS::DBInstance':
      return name.toLowerCase();
    default:
      return name;
  }
}

/** Whether each change of such a resource makes another one, with another id: what refers to it is updated then. */
export function isReplaced(type: string): boolean {
  return type === 'AWS::ECS::TaskDefinition';
}

/** The id that CloudFormation makes for a resource whose creation never answered one. */
export function generatedPhysicalId(account: Account, logicalId: string): string {
  return makeName(account, logicalId, hash(`${account.stackId} ${logicalId} generated`).toUpperCase());
}

/** A made-up attribute, as `Fn::GetAtt` gives it: stable, and a plausible one where something is done with it. */
export function attributeFor(
  account: Account,
  resource: { readonly logicalId: string; readonly type: string; readonly physicalId: string },
  attribute: string,
  database: DatabaseAddress,
): Json {
  const { type, physicalId } = resource;
  const service = type.split('::')[1]?.toLowerCase() ?? 'custom';
  switch (attribute) {
    case 'Arn':
    case 'TopicArn':
    case 'DBClusterArn':
    case 'DBInstanceArn':
      return arnFor(account, type, service, physicalId);
    case 'Endpoint.Address':
    case 'ReadEndpoint.Address':
    case 'Endpoint':
      return database.host;
    case 'Endpoint.Port':
      return String(database.port);
    case 'DBClusterResourceId':
    case 'DbiResourceId':
    case 'DBInstanceResourceId':
      return `${attribute === 'DBClusterResourceId' ? 'cluster' : 'db'}-${hash(physicalId).toUpperCase()}`;
    case 'MasterUserSecret.SecretArn':
      return `${arnPrefix(account, 'secretsmanager')}:secret:rds!${physicalId}-${hash(physicalId).slice(0, 6)}`;
    default:
      return `${resource.logicalId}.${attribute}`;
  }
}

const NAME_PROPERTY: Readonly<Record<string, string>> = {
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::RDS::DBCluster': 'DBClusterIdentifier',
  'AWS::RDS::DBInstance': 'DBInstanceIdentifier',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::SNS::Topic': 'TopicName',
};

/** Cut as CloudFormation cuts, for the names that may have 64 characters. */
function makeName({ stackName }: Account, logicalId: string, suffix: string): string {
  return `${stackName.slice(0, 24)}-${logicalId.slice(0, 24)}-${suffix}`;
}

function arnFor(account: Account, type: string, service: string, physicalId: string): string {
  if (physicalId.startsWith('arn:')) return physicalId;
  switch (type) {
    case 'AWS::Lambda::Function':
      return `${arnPrefix(account, 'lambda')}:function:${physicalId}`;
    case 'AWS::IAM::Role':
      return `arn:aws:iam::${account.accountId}:role/${physicalId}`;
    case 'AWS::Events::Rule':
      return `${arnPrefix(account, 'events')}:rule/${physicalId}`;
    case 'AWS::Logs::LogGroup':
      return `${arnPrefix(account, 'logs')}:log-group:${physicalId}:*`;
    case 'AWS::RDS::DBCluster':
      return `${arnPrefix(account, 'rds')}:cluster:${physicalId}`;
    case 'AWS::RDS::DBInstance':
      return `${arnPrefix(account, 'rds')}:db:${physicalId}`;
    default:
      return `${arnPrefix(account, service)}:${physicalId}`;
  }
}

function arnPrefix({ region, accountId }: Account, service: string): string {
  return `arn:aws:${service}:${region}:${accountId}`;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
