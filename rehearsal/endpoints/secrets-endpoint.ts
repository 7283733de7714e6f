import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Authority } from '../servers/certificates';
import { type LoopbackServer, startLoopbackServer } from './loopback-server';
import { signatureMistake, type Mistake } from './signature';

/** What the endpoint can be made to do instead of answering. */
export type SecretsFault = 'access-denied' | 'not-found' | 'throttled' | 'hang';

/** One call of `GetSecretValue`, for the record. */
export interface SecretCall {
  readonly secretId: string;
  readonly result: 'answered' | 'refused' | SecretsFault;
}

/** Secrets Manager's wire protocol, as far as reading a secret goes. */
export class SecretsEndpoint {
  readonly #state: State;
  readonly #server: LoopbackServer;

  private constructor(server: LoopbackServer, state: State) {
    this.#server = server;
    this.#state = state;
  }

  /** Serves `value` for every secret that has no value of its own. */
  static async start(authority: Authority, value: object): Promise<SecretsEndpoint> {
    const state: State = { byDefault: JSON.stringify(value), stale: [], values: new Map(), faults: [], calls: [] };
    const server = await startLoopbackServer(authority, (request, body, response) => {
      onCall(request, body, response, state);
    });
    return new SecretsEndpoint(server, state);
  }

  /** For `AWS_ENDPOINT_URL_SECRETS_MANAGER`. */
  get url(): string {
    return this.#server.origin;
  }

  /** All calls so far. */
  get calls(): readonly SecretCall[] {
    return this.#state.calls;
  }

  /** Sets one secret's value, as a rotation would. */
  set(secretId: string, value: object): void {
    this.#state.values.set(secretId, JSON.stringify(value));
  }

  /**
   * Sets the value of all secrets that were not set by name.
   *
   * @param stale - so many calls are still answered as before
   */
  setDefault(value: object, stale = 0): void {
    this.#state.stale.push(...Array<string>(stale).fill(this.#state.byDefault));
    this.#state.byDefault = JSON.stringify(value);
  }

  /** Lets the next `count` calls fail. */
  failNext(count: number, fault: SecretsFault): void {
    for (let i = 0; i < count; i += 1) this.#state.faults.push(fault);
  }

  async stop(): Promise<void> {
    await this.#server.close();
  }
}

interface State {
  byDefault: string;
  /** What the next calls are answered with in its place. */
  readonly stale: string[];
  readonly values: Map<string, string>;
  readonly faults: SecretsFault[];
  readonly calls: SecretCall[];
}

function onCall(request: IncomingMessage, body: Buffer, response: ServerResponse, state: State): void {
  const secretId = parseSecretId(body);
  const answer = (status: number, content: object, result: SecretCall['result']): void => {
    state.calls.push({ secretId, result });
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(content));
  };
  const refuse = (status: number, type: string, message: string, result: SecretCall['result'] = 'refused'): void => {
    answer(status, { __type: type, Message: message, message }, result);
  };

  const wrong = findMistake(request, secretId);
  if (wrong !== undefined) {
    refuse(400, wrong.code, wrong.message);
    return;
  }
  const fault = state.faults.shift();
  switch (fault) {
    case 'hang':
      state.calls.push({ secretId, result: 'hang' });
      return;
    case 'access-denied':
      refuse(400, 'AccessDeniedException', `not authorized to perform: secretsmanager:GetSecretValue`, fault);
      return;
    case 'not-found':
      refuse(400, 'ResourceNotFoundException', "Secrets Manager can't find the specified secret.", fault);
      return;
    case 'throttled':
      refuse(400, 'ThrottlingException', 'Rate exceeded', fault);
      return;
    case undefined:
      answer(
        200,
        {
          ARN: secretId,
          Name: secretId.split(':').at(-1),
          VersionId: '00000000-0000-4000-8000-000000000000',
          VersionStages: ['AWSCURRENT'],
          SecretString: state.values.get(secretId) ?? state.stale.shift() ?? state.byDefault,
        },
        'answered',
      );
  }
}

function findMistake({ method, headers }: IncomingMessage, secretId: string): Mistake | undefined {
  if (method !== 'POST') return { code: 'UnknownOperationException', message: `the method is ${method}` };
  if (headers['content-type'] !== 'application/x-amz-json-1.1') {
    return { code: 'SerializationException', message: `content-type is ${headers['content-type']}` };
  }
  if (headers['x-amz-target'] !== 'secretsmanager.GetSecretValue') {
    return { code: 'UnknownOperationException', message: `x-amz-target is ${String(headers['x-amz-target'])}` };
  }
  const codes = { unsigned: 'IncompleteSignatureException', withoutToken: 'UnrecognizedClientException' };
  const mistake = signatureMistake(headers, 'secretsmanager', codes);
  return (
    mistake ?? (secretId === '' ? { code: 'InvalidParameterException', message: 'SecretId is missing' } : undefined)
  );
}

function parseSecretId(body: Buffer): string {
  try {
    const { SecretId } = JSON.parse(body.toString('utf8')) as { readonly SecretId?: unknown };
    return typeof SecretId === 'string' ? SecretId : '';
  } catch {
    return '';
  }
}
