import type { Evidence, Scene, SeenLine, StackEvent } from '../../certify/evidence/evidence';
import { RELEASE_TYPE, RESOURCE_TYPE } from '../../lambda/contract';
import type { Json } from '../../rehearsal/template/json';

/** Something that happens in a scene on paper, each a second after the one before. */
export type Happening = (time: string) => { readonly event?: StackEvent; readonly seen?: SeenLine };

/** The stack comes to a status. */
export function stack(status: string): Happening {
  return happens('Certify', 'AWS::CloudFormation::Stack', status);
}

/** The resource that runs the migrations comes to a status. */
export function migrations(status: string, reason?: string): Happening {
  return happens('Migrations23B444C5', RESOURCE_TYPE, status, reason);
}

export function release(status: string): Happening {
  return happens('MigrationsRelease20fcb89c6a074B9EB667', RELEASE_TYPE, status);
}

export function code(status: string): Happening {
  return happens('MigrationsFunctionA15BBDB3', 'AWS::Lambda::Function', status);
}

export function application(status: string): Happening {
  return happens('ApplicationD9CED6CE', 'AWS::Lambda::Function', status);
}

/** What of a request differs from the usual. */
export interface Asked {
  readonly from?: string;
  readonly to?: string;
  /** The release of the code that is asked. */
  readonly code?: string;
  readonly invocation?: string;
  readonly requestId?: string;
  readonly physicalId?: string;
  readonly signedAt?: string | null;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Json>>;
}

/** The function is asked. */
export function asked(requestType: string, asked: Asked = {}): Happening {
  const { from, to = 'B', code: by = to, invocation = 'i1', requestId = invocation, type = RESOURCE_TYPE } = asked;
  return (time) => ({
    seen: {
      ...{ kind: 'event', time, invocation, handler: 'handler', code: by, node: 'v24.0.0' },
      ca: { file: '/var/runtime/ca-cert.pem', certificates: 120, ofRds: 40 },
      event: {
        ...{ RequestType: requestType, RequestId: requestId, StackId: 'stack', ResourceType: type },
        LogicalResourceId: type === RESOURCE_TYPE ? 'Migrations' : 'Release',
        PhysicalResourceId: asked.physicalId ?? 'aurora-migrations:Certify/Migrations:db',
        ResponseURL: {
          host: 'bucket',
          signedAt: asked.signedAt === undefined ? time : asked.signedAt,
          expires: '7200',
        },
        ResourceProperties: { Digest: to, ...asked.properties },
        ...(from === undefined ? {} : { OldResourceProperties: { Digest: from } }),
      },
    },
  });
}

/** The function answers. */
export function answered(status: string, invocation = 'i1'): Happening {
  return (time) => ({
    seen: { kind: 'answer', time, invocation, http: 200, answer: { Status: status, PhysicalResourceId: 'id' } },
  });
}

/** An invocation comes to its end. */
export function ended(invocation = 'i1'): Happening {
  return (time) => ({ seen: { kind: 'end', time, invocation } });
}

/** The function writes a line. */
export function said(message: string, invocation = 'i1'): Happening {
  return (time) => ({ seen: { kind: 'said', time, invocation, level: 'INFO', message } });
}

/** The function has a TLS session. */
export function tls(
  authorized: boolean,
  host = 'db.cluster-x.eu-central-1.rds.amazonaws.com',
  root = 'Amazon RDS eu-central-1 Root CA RSA2048 G1',
): Happening {
  const chain = [host, root];
  return (time) => ({ seen: { kind: 'tls', time, invocation: 'i1', host, authorized, protocol: 'TLSv1.3', chain } });
}

/** The other function is told of a death. */
export function onFailure(): Happening {
  return (time) => ({
    seen: {
      kind: 'event',
      time,
      invocation: 'f1',
      handler: 'onFailure',
      code: 'B',
      node: '',
      ca: { file: null },
      event: {},
    },
  });
}

/** The function is told a status. */
export function told(status: string, id = status, at?: string): Happening {
  return (time) => ({
    seen: {
      ...{ kind: 'event', time, invocation: id, handler: 'handler', code: 'B', node: '', ca: { file: null } },
      event: {
        'detail-type': 'CloudFormation Stack Status Change',
        id,
        time: at ?? time,
        detail: { 'status-details': { status } },
      },
    },
  });
}

/** A scene of these happenings. Facts that are names of happenings' numbers: `{ cancelledAt: second(3) }`. */
export function scene(
  play: string,
  happenings: readonly Happening[],
  facts: Scene['facts'] = {},
  notPlayed?: string,
): Scene {
  const all = happenings.map((happening, index) => happening(second(index)));
  return {
    ...{
      play,
      title: play,
      startedAt: second(0),
      endedAt: second(happenings.length),
      done: ['cdk deploy'],
      facts,
      notPlayed,
    },
    events: all.flatMap(({ event }) => event ?? []),
    seen: all.flatMap(({ seen }) => seen ?? []),
  };
}

/** The time of the happening with that number. */
export function second(index: number): string {
  return new Date(Date.UTC(2026, 10, 28, 10, 0, index)).toISOString();
}

export function evidenceOf(...scenes: readonly Scene[]): Evidence {
  return { target: 'aws', versions: {}, region: 'eu-central-1', startedAt: second(0), scenes, remains: [] };
}

function happens(logicalId: string, type: string, status: string, reason?: string): Happening {
  return (time) => ({ event: { time, stackId: 'stack', logicalId, type, status, reason } });
}
