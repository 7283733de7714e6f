import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Authority } from '../servers/certificates';
import { type LoopbackServer, startLoopbackServer } from './loopback-server';

/** What the endpoint can be made to do instead of answering. */
export type SnapshotsFault = 'access-denied' | 'busy' | 'quota' | 'unavailable';

/** One call, for the record. */
export interface SnapshotCall {
  readonly action: string;
  /** Cluster or instance; undefined where a snapshot is only looked at. */
  readonly source: string | undefined;
  readonly snapshot: string;
  /** `answered`, or the code of the error. */
  readonly result: string;
}

/** RDS's wire protocol, as far as taking a snapshot of a cluster or an instance goes: forms in, XML out. */
export class SnapshotsEndpoint {
  readonly #state: State;
  readonly #server: LoopbackServer;

  private constructor(server: LoopbackServer, state: State) {
    this.#server = server;
    this.#state = state;
  }

  static async start(authority: Authority): Promise<SnapshotsEndpoint> {
    const state: State = { looks: 1, end: 'available', snapshots: new Map(), faults: [], calls: [] };
    const server = await startLoopbackServer(authority, (request, body, response) => {
      onCall(request, new URLSearchParams(body.toString('utf8')), response, state);
    });
    return new SnapshotsEndpoint(server, state);
  }

  /** For `AWS_ENDPOINT_URL_RDS`. */
  get url(): string {
    return this.#server.origin;
  }

  /** All calls so far. */
  get calls(): readonly SnapshotCall[] {
    return this.#state.calls;
  }

  /** How often a snapshot is looked at until it has ended, and how it ends then: `available` or `failed`. */
  endsAfter(looks: number, end: string): void {
    this.#state.looks = looks;
    this.#state.end = end;
  }

  /** Lets the next `count` calls fail. */
  failNext(count: number, fault: SnapshotsFault): void {
    for (let i = 0; i < count; i += 1) this.#state.faults.push(fault);
  }

  async stop(): Promise<void> {
    await this.#server.close();
  }
}

interface State {
  looks: number;
  end: string;
  /** How often each was looked at. */
  readonly snapshots: Map<string, number>;
  readonly faults: SnapshotsFault[];
  readonly calls: SnapshotCall[];
}

/** What tells snapshots of a cluster from those of an instance. */
const KINDS = [
  {
    noun: 'DBClusterSnapshot',
    source: 'DBClusterIdentifier',
    notFound: 'DBClusterSnapshotNotFoundFault',
    exists: 'DBClusterSnapshotAlreadyExistsFault',
    busy: 'InvalidDBClusterStateFault',
  },
  {
    noun: 'DBSnapshot',
    source: 'DBInstanceIdentifier',
    notFound: 'DBSnapshotNotFound',
    exists: 'DBSnapshotAlreadyExists',
    busy: 'InvalidDBInstanceState',
  },
] as const;

function onCall(request: IncomingMessage, form: URLSearchParams, response: ServerResponse, state: State): void {
  const action = form.get('Action') ?? '';
  const kind = KINDS.find(({ noun }) => action === `Create${noun}` || action === `Describe${noun}s`);
  const snapshot = form.get(`${kind?.noun ?? ''}Identifier`) ?? '';
  const source = kind && (form.get(kind.source) ?? undefined);
  const answer = (status: number, content: string, result: string): void => {
    state.calls.push({ action, source, snapshot, result });
    response.writeHead(status, { 'content-type': 'text/xml' }).end(`<?xml version="1.0"?>\n${content}`);
  };
  const refuse = (status: number, code: string, message: string): void => {
    const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
    answer(status, `<ErrorResponse>${error}<RequestId>1</RequestId></ErrorResponse>`, code);
  };
  const mistake = findMistake(request, form);
  if (mistake !== undefined) {
    refuse(400, mistake.code, mistake.message);
    return;
  }
  if (kind === undefined) {
    refuse(400, 'InvalidAction', `could not find operation ${action}`);
    return;
  }
  const fault = state.faults.shift();
  switch (fault) {
    case 'access-denied': {
      refuse(403, 'AccessDenied', `User is not authorized to perform: rds:${action}`);
      return;
    }
    case 'busy': {
      refuse(400, kind.busy, 'it is not in available state');
      return;
    }
    case 'quota': {
      refuse(400, 'SnapshotQuotaExceeded', 'Cannot create more than 100 manual snapshots');
      return;
    }
    case 'unavailable': {
      refuse(503, 'ServiceUnavailable', 'try later');
      return;
    }
    case undefined:
  }
  const isNew = action === `Create${kind.noun}`;
  const looks = state.snapshots.get(snapshot);
  if (isNew && looks !== undefined) {
    refuse(400, kind.exists, `Cannot create the snapshot: ${snapshot} exists`);
    return;
  }
  if (!isNew && looks === undefined) {
    refuse(404, kind.notFound, `${snapshot} not found.`);
    return;
  }
  if (isNew && !isName(snapshot)) {
    refuse(400, 'InvalidParameterValue', 'the identifier is not a valid one');
    return;
  }
  state.snapshots.set(snapshot, looks === undefined ? 0 : looks + 1);
  const status = (looks ?? -1) + 1 < state.looks ? 'creating' : state.end;
  const item = `<${kind.noun}><${kind.noun}Identifier>${snapshot}</${kind.noun}Identifier><Status>${status}</Status></${kind.noun}>`;
  const result = isNew ? item : `<${kind.noun}s>${item}</${kind.noun}s>`;
  answer(200, `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`, 'answered');
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBClusterSnapshot.html */
function isName(snapshot: string): boolean {
  return /^[a-z](?:-?[a-z0-9])*$/.test(snapshot) && snapshot.length <= 255;
}

function findMistake(
  { method, headers }: IncomingMessage,
  form: URLSearchParams,
): { readonly code: string; readonly message: string } | undefined {
  if (method !== 'POST') return { code: 'InvalidAction', message: `the method is ${method}` };
  if (!/^application\/x-www-form-urlencoded\b/.test(headers['content-type'] ?? '')) {
    return { code: 'InvalidAction', message: `content-type is ${headers['content-type']}` };
  }
  if (form.get('Version') !== '2014-10-31') return { code: 'InvalidAction', message: 'Version is not 2014-10-31' };
  const signed =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/[^/]+\/rds\/aws4_request, ?SignedHeaders=[^,]*host[^,]*, ?Signature=[0-9a-f]{64}$/;
  if (!signed.test(headers.authorization ?? '')) {
    return { code: 'IncompleteSignature', message: 'the Authorization header is no SigV4 signature' };
  }
  // Temporary credentials, which a function has, are only good together with their token.
  if (headers['x-amz-security-token'] === undefined) {
    return { code: 'InvalidClientTokenId', message: 'the security token included in the request is missing' };
  }
  return undefined;
}
