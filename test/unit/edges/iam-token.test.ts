import { signIamToken } from '../../../lambda/edges/iam-token';

const ADDRESS = {
  host: 'app.cluster-c1abcdefghij.eu-west-1.rds.amazonaws.com',
  port: 3306,
  database: 'app',
};
const NOW = new Date('2026-11-22T10:20:30.000Z');
const KEYS = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

function tokenFor(user: string, sessionToken?: string): string {
  const result = signIamToken(ADDRESS, user, { ...KEYS, AWS_SESSION_TOKEN: sessionToken }, NOW);
  if (result.kind !== 'credentials') throw new Error('no token was signed');
  expect(result.credentials).toMatchObject({ username: user, isIamToken: true });
  return result.credentials.password;
}

/** Order means nothing in a query. */
function parts(token: string): readonly string[] {
  const [address, query] = token.split('?') as [string, string];
  return [address, ...query.split('&').sort()];
}

// The expected tokens are what the Signer of @aws-sdk/rds-signer 3.1169.0 gives for the same keys at the same time.
describe('a token is that of AWS’s own signer', () => {
  test('for the keys of a user', () => {
    expect(parts(tokenFor('migrator'))).toEqual(
      parts(
        'app.cluster-c1abcdefghij.eu-west-1.rds.amazonaws.com:3306/?Action=connect&DBUser=migrator&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20261122%2Feu-west-1%2Frds-db%2Faws4_request&X-Amz-Date=20261122T102030Z&X-Amz-Expires=900&X-Amz-Signature=fab0144fed9f143499c6f37c8d7fa680eac30c9e3660e6e6afd9f18526b788cc&X-Amz-SignedHeaders=host',
      ),
    );
  });

  test('for the keys of a role, and a user whose name has other characters than letters', () => {
    expect(parts(tokenFor('schema owner/+=&', 'FwoGZXIvYXdzEXAMPLE//token+with/slashes=='))).toEqual(
      parts(
        'app.cluster-c1abcdefghij.eu-west-1.rds.amazonaws.com:3306/?Action=connect&DBUser=schema%20owner%2F%2B%3D%26&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20261122%2Feu-west-1%2Frds-db%2Faws4_request&X-Amz-Date=20261122T102030Z&X-Amz-Expires=900&X-Amz-Security-Token=FwoGZXIvYXdzEXAMPLE%2F%2Ftoken%2Bwith%2Fslashes%3D%3D&X-Amz-Signature=c07b908b776b82135258bd0fe0ca84be83f6b5a43418f7646ecd1d1236d44083&X-Amz-SignedHeaders=host',
      ),
    );
  });
});

test('a host is signed in small letters, as AWS’s signers do it, however it is written', () => {
  const written = { ...ADDRESS, host: ADDRESS.host.toUpperCase() };
  const environment = { ...KEYS, AWS_SESSION_TOKEN: undefined };
  expect(signIamToken(written, 'migrator', environment, NOW)).toEqual(
    signIamToken(ADDRESS, 'migrator', environment, NOW),
  );
});

test.each(['AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])(
  'without %s there is none, and the failure says so',
  (missing) => {
    expect(signIamToken(ADDRESS, 'migrator', { ...KEYS, [missing]: '' }, NOW)).toMatchObject({
      kind: 'failed',
      failure: {
        message: 'the function has no credentials or no region to sign a token for migrator with; no SQL was run',
      },
    });
  },
);
