import type { IncomingHttpHeaders } from 'node:http';

/** Why a service of AWS refuses a call. */
export interface Mistake {
  readonly code: string;
  readonly message: string;
}

/** What is wrong with how a call is signed, under the codes that the service has for it; undefined where nothing is. */
export function signatureMistake(
  headers: IncomingHttpHeaders,
  service: string,
  codes: { readonly unsigned: string; readonly withoutToken: string },
): Mistake | undefined {
  const signed = new RegExp(
    `^AWS4-HMAC-SHA256 Credential=[^/]+/\\d{8}/[^/]+/${service}/aws4_request, ?SignedHeaders=[^,]*host[^,]*, ?Signature=[0-9a-f]{64}$`,
  );
  if (!signed.test(headers.authorization ?? '')) {
    return { code: codes.unsigned, message: 'the Authorization header is no SigV4 signature' };
  }
  // Temporary credentials, which a function has, are only good together with their token.
  if (headers['x-amz-security-token'] === undefined) {
    return { code: codes.withoutToken, message: 'the security token included in the request is missing' };
  }
  return undefined;
}
