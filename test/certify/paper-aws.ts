import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A call that a service was sent. */
export interface Call {
  /** In whose name it was signed: `logs`, `cloudformation`. */
  readonly service: string;
  readonly operation: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** A stack of the account, with the fields that are asked for. */
interface PaperStack {
  status: string;
  readonly id: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly events: string[];
}

/** What a command of the CDK does to the stacks. */
export type CdkEffect = (aws: PaperAws, words: readonly string[]) => void;

/** The services that the AWS target calls, with their real wire protocols on one port, and a `cdk` on the PATH. */
export class PaperAws {
  readonly calls: Call[] = [];
  readonly stacks = new Map<string, PaperStack>();
  /** Names of stacks that no DeleteStack deletes. */
  readonly lasting = new Set<string>();
  /** Rows that each statement gives. */
  rows: readonly object[] = [];
  /** Answers to statements before these succeed. */
  refusals: string[] = [];
  log: string[] = [];
  capacity: readonly (readonly [time: string, value: number])[] = [];
  secretVersion = 'v1';
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'paper-aws-'));
  readonly #server: Server;
  readonly #before = { ...process.env };

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(effect: CdkEffect): Promise<PaperAws> {
    const server = createServer((request, response) => void aws.#answer(request, response, effect));
    const aws = new PaperAws(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const cdk = path.join(aws.#folder, 'cdk');
    writeFileSync(
      cdk,
      `#!${process.execPath}
const { appendFileSync } = require('node:fs');
appendFileSync(${JSON.stringify(path.join(aws.#folder, 'commands'))}, process.argv.slice(2).join(' ') + '\\n');
fetch(${JSON.stringify(`${url}/cdk`)}, { method: 'POST', body: process.argv.slice(2).join(' ') });
`,
    );
    chmodSync(cdk, 0o755);
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'paper',
      PATH: `${aws.#folder}${path.delimiter}${process.env.PATH ?? ''}`,
    });
    return aws;
  }

  /** The command lines that `cdk` was called with. */
  get commands(): readonly string[] {
    return readFileSync(path.join(this.#folder, 'commands'), 'utf8').trimEnd().split('\n');
  }

  make(name: string, status: string, outputs: Readonly<Record<string, string>> = {}): void {
    const id = `arn:aws:cloudformation:eu-west-1:123456789012:stack/${name}/${this.stacks.size}`;
    this.stacks.set(name, { status, id, outputs, events: [] });
  }

  /** Calls of one operation. */
  callsOf(operation: string): readonly Call[] {
    return this.calls.filter((call) => call.operation === operation);
  }

  async stop(): Promise<void> {
    for (const name of Object.keys(process.env)) if (!(name in this.#before)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, this.#before);
    rmSync(this.#folder, { recursive: true, force: true });
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse, effect: CdkEffect): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const url = request.url ?? '/';
    if (url === '/cdk') {
      effect(this, body.split(' '));
      response.end();
      return;
    }
    const call = callIn(request, url, body);
    this.calls.push(call);
    const [status, text] = this.#reply(call);
    response.writeHead(status).end(text);
  }

  #reply({ operation, parameters }: Call): readonly [number, string] {
    switch (operation) {
      case 'GetCallerIdentity':
        return [200, '<R><GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult></R>'];
      case 'DescribeStacks':
        return this.#describeStacks(parameters['StackName'] ?? '');
      case 'DescribeStackEvents':
        return this.#describeEvents(parameters);
      case 'CancelUpdateStack':
      case 'DeleteStack': {
        const stack = this.stacks.get(parameters['StackName'] ?? '');
        const isGone = operation === 'DeleteStack' && !this.lasting.has(parameters['StackName'] ?? '');
        if (stack !== undefined && isGone) stack.status = 'DELETED';
        return [200, `<${operation}Response/>`];
      }
      case 'GetMetricStatistics': {
        const points = this.capacity.map(
          ([time, value]) => `<member><Timestamp>${time}</Timestamp><Maximum>${value}</Maximum></member>`,
        );
        return [200, `<R><Datapoints>${points.join('\n')}</Datapoints></R>`];
      }
      case 'Logs_20140328.FilterLogEvents':
        // One page each, as a service does that is asked for more than it likes to give.
        return page(this.log, Number(parameters['nextToken'] ?? 0));
      case 'secretsmanager.RotateSecret':
        return [200, '{}'];
      case 'secretsmanager.DescribeSecret':
        return [
          200,
          JSON.stringify({ VersionIdsToStages: { old: ['AWSPREVIOUS'], [this.secretVersion]: ['AWSCURRENT'] } }),
        ];
      case '/Execute': {
        const refusal = this.refusals.shift();
        if (refusal !== undefined) return [400, refusal];
        return [200, JSON.stringify({ formattedRecords: JSON.stringify(this.rows) })];
      }
      case 'Invoke':
        return [200, '{"kind":"status"}'];
      default:
        return [500, `nobody expected ${operation}`];
    }
  }

  #describeStacks(name: string): readonly [number, string] {
    const stack = this.stacks.get(name);
    if (stack === undefined || stack.status === 'DELETED') {
      const error = `<Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id ${name} does not exist</Message></Error>`;
      return [400, `<ErrorResponse>${error}<RequestId>r</RequestId></ErrorResponse>`];
    }
    const outputs = Object.entries(stack.outputs).map(
      ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
    );
    const fields = `<StackId>${stack.id}</StackId><StackName>${name}</StackName><StackStatus>${stack.status}</StackStatus>`;
    const member = `<member>${fields}<CreationTime>2026-11-28T10:00:00Z</CreationTime><Outputs>${outputs.join('')}</Outputs></member>`;
    return [
      200,
      `<DescribeStacksResponse><DescribeStacksResult><Stacks>${member}</Stacks></DescribeStacksResult></DescribeStacksResponse>`,
    ];
  }

  /** Newest first, two on a page. */
  #describeEvents({ StackName: id, NextToken: token = '0' }: Call['parameters']): readonly [number, string] {
    const all = [...this.stacks.values()].find((stack) => stack.id === id)?.events.toReversed() ?? [];
    const from = Number(token);
    const next = from + 2 < all.length ? `<NextToken>${from + 2}</NextToken>` : '';
    const events = all.slice(from, from + 2).join('');
    return [
      200,
      `<DescribeStackEventsResponse><DescribeStackEventsResult><StackEvents>${events}</StackEvents>${next}</DescribeStackEventsResult></DescribeStackEventsResponse>`,
    ];
  }
}

/** An event of a stack as CloudFormation writes it. */
export function eventXml(id: string, second: number, logicalId: string, status: string): string {
  const time = `2026-11-28T10:00:0${second}.123Z`;
  return `<member><EventId>${id}</EventId><StackId>s</StackId><StackName>Certify</StackName><LogicalResourceId>${logicalId}</LogicalResourceId><ResourceType>AWS::X</ResourceType><ResourceStatus>${status}</ResourceStatus><Timestamp>${time}</Timestamp></member>`;
}

function callIn({ headers }: IncomingMessage, url: string, body: string): Call {
  const service =
    /Credential=[^/]+\/\d{8}\/eu-west-1\/([^/]+)\/aws4_request/.exec(headers.authorization ?? '')?.[1] ?? 'nobody';
  const target = headers['x-amz-target'];
  if (typeof target === 'string')
    return { service, operation: target, parameters: JSON.parse(body) as Call['parameters'] };
  const name = /^\/2015-03-31\/functions\/([^/]+)\/invocations/.exec(url)?.[1];
  if (name !== undefined) {
    const type = headers['x-amz-invocation-type'];
    return { service, operation: 'Invoke', parameters: { name, type: String(type), body } };
  }
  if (url === '/Execute') return { service, operation: url, parameters: JSON.parse(body) as Call['parameters'] };
  const parameters = Object.fromEntries(new URLSearchParams(body));
  return { service, operation: parameters['Action'] ?? url, parameters };
}

function page(log: readonly string[], index: number): readonly [number, string] {
  const next = index + 1 < log.length ? { nextToken: String(index + 1) } : {};
  return [200, JSON.stringify({ events: log.slice(index, index + 1).map((message) => ({ message })), ...next })];
}
