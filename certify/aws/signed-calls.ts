import { AwsClient } from 'aws4fetch';
import type { Json } from '../../rehearsal/template/json';

/** Whoever signs, and where. */
export interface Signer {
  readonly region: string;
  readonly credentials: () => Promise<{
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  }>;
}

/** What a service answered that refused a call. */
export class CallRefused extends Error {
  constructor(
    readonly service: string,
    readonly status: number,
    readonly body: string,
  ) {
    super(`${service} refused the call (HTTP ${status}): ${body.slice(0, 500)}`);
  }
}

/** Calls services whose SDK client nobody else here needs: signed requests in the form that the service takes. */
export class SignedCalls {
  constructor(private readonly signer: Signer) {}

  /** A service that takes `X-Amz-Target`, such as Logs and Secrets Manager. */
  async target(service: string, target: string, body: Json): Promise<Json> {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
    return JSON.parse(await this.#send(service, this.#url(service), headers, JSON.stringify(body))) as Json;
  }

  /** A service with a path for each operation, such as the RDS Data API. */
  async path(service: string, host: string, path: string, body: Json): Promise<Json> {
    const headers = { 'content-type': 'application/json' };
    return JSON.parse(
      await this.#send(service, new URL(path, this.#url(host)).href, headers, JSON.stringify(body)),
    ) as Json;
  }

  /** A service that takes a form and answers in XML, such as STS and CloudWatch. */
  async query(service: string, host: string, parameters: Readonly<Record<string, string>>): Promise<string> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.#send(service, this.#url(host), headers, new URLSearchParams(parameters).toString());
  }

  async #send(service: string, url: string, headers: Record<string, string>, body: string): Promise<string> {
    const { accessKeyId, secretAccessKey, sessionToken } = await this.signer.credentials();
    const { region } = this.signer;
    const client = new AwsClient({ accessKeyId, secretAccessKey, sessionToken, service, region });
    const response = await client.fetch(url, { method: 'POST', headers, body });
    const text = await response.text();
    if (!response.ok) throw new CallRefused(service, response.status, text);
    return text;
  }

  /** `AWS_ENDPOINT_URL` goes before the service's own address, as for the SDK's clients. */
  #url(host: string): string {
    return process.env['AWS_ENDPOINT_URL'] ?? `https://${host}.${this.signer.region}.amazonaws.com/`;
  }
}
