import * as http from 'node:http';
import * as https from 'node:https';

export interface HttpCall {
  readonly url: string;
  readonly method: 'POST' | 'PUT';
  readonly headers: http.OutgoingHttpHeaders;
  readonly body: string | Buffer;
}

export interface HttpAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly body: string;
}

/**
 * Sends one request and reads its answer, whatever its status. Not by `fetch`: to load what is behind it takes 30 ms of a
 * whole CPU at each cold start, of which a function of 512 MB has a third.
 *
 * @throws the error of the network, with its code; ETIMEDOUT where the whole answer is not there within `timeoutMs`
 */
export function sendRequest({ url, method, headers, body }: HttpCall, timeoutMs: number): Promise<HttpAnswer> {
  const { request: start } = new URL(url).protocol === 'http:' ? http : https;
  return new Promise((resolve, reject) => {
    let hasAnswer = false;
    const request = start(
      url,
      // An idle connection kept open would keep the process from freezing in peace.
      { method, headers, agent: false },
      (response) => {
        hasAnswer = true;
        let content = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (content += chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, statusText: response.statusMessage ?? '', body: content }),
        );
        response.on('error', reject);
      },
    );
    const late = Object.assign(new Error(`no answer within ${Number((timeoutMs / 1000).toFixed(1))} s`), {
      code: 'ETIMEDOUT',
    });
    const timer = setTimeout(() => request.destroy(late), timeoutMs);
    request.on('close', () => {
      clearTimeout(timer);
      // Without an answer and without an error, as after 101. Where there was either, this is nothing.
      if (!hasAnswer) reject(Object.assign(new Error('it ended without an answer'), { code: 'ECONNRESET' }));
    });
    request.on('error', reject);
    request.end(body);
  });
}
