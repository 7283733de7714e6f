import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Authority } from '../servers/certificates';
import { type LoopbackServer, startLoopbackServer } from './loopback-server';
import { signatureMistake, type Mistake } from './signature';

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
  const noun = kind?.noun ?? '';
  const snapshot = form.get(`${noun}Identifier`) ?? '';
  const source = kind && (form.get(kind.source) ?? undefined);
  const answer = (status: number, content: string, result: string): void => {
    state.calls.push({ action, source, snapshot, result });
    response.writeHead(status, { 'content-type': 'text/xml' }).end(`<?xml version="1.0"?>\n${content}`);
  };
  const refusal: Refusal | undefined =
    findMistake(request, form) ??
    (kind === undefined
      ? { code: 'InvalidAction', message: `could not find operation ${action}` }
      : refusalOf(action, kind, snapshot, state));
  if (refusal !== undefined) {
    const { status = 400, code, message } = refusal;
    const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
    answer(status, `<ErrorResponse>${error}<RequestId>1</RequestId></ErrorResponse>`, code);
    return;
  }
  const looks = (state.snapshots.get(snapshot) ?? -1) + 1;
  state.snapshots.set(snapshot, looks);
  const status = looks < state.looks ? 'creating' : state.end;
  const item = `<${noun}><${noun}Identifier>${snapshot}</${noun}Identifier><Status>${status}</Status></${noun}>`;
  const result = isNew(action) ? item : `<${noun}s>${item}</${noun}s>`;
  answer(200, `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`, 'answered');
}

function isNew(action: string): boolean {
  return action.startsWith('Create');
}

interface Refusal extends Mistake {
  /** Of HTTP; absent: 400. */
  readonly status?: number;
}

function refusalOf(
  action: string,
  kind: (typeof KINDS)[number],
  snapshot: string,
  { faults, snapshots }: State,
): Refusal | undefined {
  switch (faults.shift()) {
    case 'access-denied':
      return { status: 403, code: 'AccessDenied', message: `User is not authorized to perform: rds:${action}` };
    case 'busy':
      return { code: kind.busy, message: 'it is not in available state' };
    case 'quota':
      return { code: 'SnapshotQuotaExceeded', message: 'Cannot create more than 100 manual snapshots' };
    case 'unavailable':
      return { status: 503, code: 'ServiceUnavailable', message: 'try later' };
    case undefined:
  }
  const isThere = snapshots.has(snapshot);
  if (!isNew(action))
    return isThere ? undefined : { status: 404, code: kind.notFound, message: `${snapshot} not found.` };
  if (isThere) return { code: kind.exists, message: `Cannot create the snapshot: ${snapshot} exists` };
  return isName(snapshot) ? undefined : { code: 'InvalidParameterValue', message: 'the identifier is not a valid one' };
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBClusterSnapshot.html */
function isName(snapshot: string): boolean {
  return /^[a-z](?:-?[a-z0-9])*$/.test(snapshot) && snapshot.length <= 255;
}

function findMistake({ method, headers }: IncomingMessage, form: URLSearchParams): Mistake | undefined {
  if (method !== 'POST') return { code: 'InvalidAction', message: `the method is ${method}` };
  if (!/^application\/x-www-form-urlencoded\b/.test(headers['content-type'] ?? '')) {
    return { code: 'InvalidAction', message: `content-type is ${headers['content-type']}` };
  }
  if (form.get('Version') !== '2014-10-31') return { code: 'InvalidAction', message: 'Version is not 2014-10-31' };
  return signatureMistake(headers, 'rds', { unsigned: 'IncompleteSignature', withoutToken: 'InvalidClientTokenId' });
}
