import { Annotations, Aspects, type CfnResource } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DatabaseTargetConfig } from '../database/database-target-config';
import { closedEndpoints } from './closed-endpoints';
import type { FunctionPlacement } from './function-placement';
import { networkGaps, type NetworkGap } from './network-gaps';
import type { CalledService } from './network-needs';
import type { SnapshotAccess } from '../function/snapshot-access';
import { knownPath } from '../stack/known-path';
import { warn } from '../warn';

/**
 * The services that the function calls: S3 with its answers, Secrets Manager only where it logs in with a secret, RDS only
 * where it takes snapshots.
 */
export function calledServices(
  { secret }: DatabaseTargetConfig,
  snapshots: SnapshotAccess | undefined,
): readonly CalledService[] {
  return [
    's3',
    ...(secret === undefined ? [] : (['secretsmanager'] as const)),
    ...(snapshots === undefined ? [] : (['rds'] as const)),
  ];
}

/**
 * Says at synth what the function's network lacks. Only then, because a user may add an endpoint in any later line; and
 * as a warning, because there are ways that no template shows.
 */
export function warnOfNetworkGaps(
  scope: Construct,
  placement: FunctionPlacement,
  services: readonly CalledService[],
): void {
  Aspects.of(scope).add({
    visit: (node) => {
      if (node !== scope) return;
      for (const gap of networkGaps(scope, placement, services)) annotate(scope, placement, gap);
      for (const endpoint of closedEndpoints(scope, placement, services)) annotateClosed(scope, endpoint);
    },
  });
}

function annotate(scope: Construct, { vpc }: FunctionPlacement, { service, subnets, certainty }: NetworkGap): void {
  const { name, missing, consequence } = TEXTS[service];
  const where = `${subnets.map((subnet) => subnet.node.path).join(', ')} of the VPC ${vpc.node.path}`;
  if (certainty === 'missing') {
    warn(
      scope,
      `no-way-to-${name}`,
      `there is no way to ${consequence} from ${where}: add ${missing} there, or a NAT gateway, or set addEndpoints: true`,
    );
  } else {
    Annotations.of(scope).addInfoV2(
      `cdk-aurora-migrations:way-to-${name}-unknown`,
      `whether there is a way to ${consequence} from ${where} cannot be seen here, it is imported: it needs ${missing}; addEndpoints: true adds it`,
    );
  }
}

function annotateClosed(scope: Construct, endpoint: CfnResource): void {
  warn(
    scope,
    'endpoint-closed',
    `the function's calls go to the VPC endpoint ${knownPath(endpoint)}, also where there is NAT, and none of its security groups has a rule that could let it in, so that a deployment only fails after minutes: give these migrations to connections.allowDefaultPortFrom of the endpoint; if addEndpoints of others has made it, set addEndpoints: true here too`,
  );
}

const TEXTS: Readonly<Record<CalledService, { name: string; missing: string; consequence: string }>> = {
  s3: {
    name: 's3',
    missing: 'a gateway endpoint for S3 (free of charge)',
    consequence: 'S3, where CloudFormation takes the answers and without which a deployment only fails after minutes,',
  },
  secretsmanager: {
    name: 'secrets-manager',
    missing: 'an interface endpoint for Secrets Manager with private DNS',
    consequence: "Secrets Manager, from which the function reads the database's secret,",
  },
  rds: {
    name: 'rds',
    missing: 'an interface endpoint for RDS with private DNS',
    consequence: 'RDS, where the function takes the snapshots of snapshotBefore,',
  },
};
