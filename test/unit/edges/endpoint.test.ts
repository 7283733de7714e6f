import { endpointOf, regionOf, type Service } from '../../../lambda/edges/endpoint';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:app-AbCdEf';
const CLUSTER = 'arn:aws:rds:eu-west-1:123456789012:cluster:app';

function find(service: Service, environment: NodeJS.ProcessEnv = {}, resource = SECRET): string {
  const endpoint = endpointOf(service, resource, environment);
  return endpoint.kind === 'endpoint' ? `${endpoint.url} for ${endpoint.region}` : endpoint.problem;
}

describe('an endpoint that is configured', () => {
  const GENERAL = { AWS_ENDPOINT_URL: 'http://localhost:4566' };

  test.each<[Service, string]>([
    ['secretsmanager', 'AWS_ENDPOINT_URL_SECRETS_MANAGER'],
    ['rds', 'AWS_ENDPOINT_URL_RDS'],
  ])('is the one for %s, %s, before the one for all services', (service, variable) => {
    expect(find(service, { ...GENERAL, [variable]: 'https://own.example/' })).toBe(
      'https://own.example/ for eu-west-1',
    );
    expect(find(service, { ...GENERAL, [variable]: '' })).toBe('http://localhost:4566 for eu-west-1');
    expect(endpointOf(service, SECRET, GENERAL)).toMatchObject({ setBy: 'AWS_ENDPOINT_URL' });
  });

  test('of one service is not that of another', () => {
    expect(find('rds', { AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://localhost:1' })).toBe(
      'https://rds.eu-west-1.amazonaws.com/ for eu-west-1',
    );
  });

  test.each(['true', 'TRUE'])('is not looked at where AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is %s', (ignore) => {
    const environment = {
      ...GENERAL,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://localhost:1',
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: ignore,
    };
    expect(find('secretsmanager', environment)).toBe('https://secretsmanager.eu-west-1.amazonaws.com/ for eu-west-1');
    expect(find('rds', { ...GENERAL, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false' })).toContain('localhost');
  });

  test('keeps its path', () => {
    expect(find('rds', { AWS_ENDPOINT_URL: 'http://gateway:8080/aws/' })).toBe(
      'http://gateway:8080/aws/ for eu-west-1',
    );
  });

  test.each(['localhost:4566', '127.0.0.1', 'ftp://x/', 'nonsense'])('and is no URL is named: %s', (url) => {
    expect(find('rds', { AWS_ENDPOINT_URL: url })).toBe(
      'AWS_ENDPOINT_URL is no URL that begins with http:// or https://',
    );
  });
});

describe('a region', () => {
  const FUNCTION = { AWS_REGION: 'us-east-2', AWS_DEFAULT_REGION: 'us-west-1' };

  test.each([
    [SECRET, FUNCTION, 'eu-west-1'],
    // Without the six characters that Secrets Manager adds to the name.
    ['arn:aws:secretsmanager:eu-west-1:123456789012:secret:app', FUNCTION, 'eu-west-1'],
    ['arn:aws:secretsmanager:::secret:app', FUNCTION, 'us-east-2'],
    ['app/admin', FUNCTION, 'us-east-2'],
    ['app/admin', { AWS_DEFAULT_REGION: 'us-west-1' }, 'us-west-1'],
    ['app/admin', { AWS_REGION: '', AWS_DEFAULT_REGION: 'us-west-1' }, 'us-west-1'],
    ['app/admin', {}, null],
  ])('of %s, where the function has %j, is %s', (resource, environment, region) => {
    expect(regionOf(resource, environment)).toBe(region);
  });

  test('that is nowhere is named, with or without an endpoint', () => {
    const problem = 'no region is known: app names none, and neither AWS_REGION nor AWS_DEFAULT_REGION is set';
    expect(find('secretsmanager', {}, 'app')).toBe(problem);
    expect(find('secretsmanager', { AWS_ENDPOINT_URL: 'http://localhost:1' }, 'app')).toBe(problem);
  });
});

// What botocore 1.43 makes of the same: session.create_client(service, region, config=Config(use_dualstack_endpoint, use_fips_endpoint)).
describe("AWS's own endpoint", () => {
  const DUAL = { AWS_USE_DUALSTACK_ENDPOINT: 'true' };
  const FIPS = { AWS_USE_FIPS_ENDPOINT: 'true' };

  test.each<[Service, string, NodeJS.ProcessEnv, string]>([
    ['secretsmanager', 'eu-west-1', {}, 'secretsmanager.eu-west-1.amazonaws.com'],
    ['secretsmanager', 'cn-north-1', {}, 'secretsmanager.cn-north-1.amazonaws.com.cn'],
    ['secretsmanager', 'us-gov-west-1', {}, 'secretsmanager.us-gov-west-1.amazonaws.com'],
    ['secretsmanager', 'us-iso-east-1', {}, 'secretsmanager.us-iso-east-1.c2s.ic.gov'],
    ['secretsmanager', 'us-isob-east-1', {}, 'secretsmanager.us-isob-east-1.sc2s.sgov.gov'],
    ['secretsmanager', 'eu-isoe-west-1', {}, 'secretsmanager.eu-isoe-west-1.cloud.adc-e.uk'],
    ['secretsmanager', 'us-isof-south-1', {}, 'secretsmanager.us-isof-south-1.csp.hci.ic.gov'],
    ['secretsmanager', 'eusc-de-east-1', {}, 'secretsmanager.eusc-de-east-1.amazonaws.eu'],
    ['secretsmanager', 'us-east-1', FIPS, 'secretsmanager-fips.us-east-1.amazonaws.com'],
    ['secretsmanager', 'us-east-1', DUAL, 'secretsmanager.us-east-1.amazonaws.com'],
    ['secretsmanager', 'us-east-1', { ...DUAL, ...FIPS }, 'secretsmanager-fips.us-east-1.amazonaws.com'],
    ['secretsmanager', 'cn-north-1', DUAL, 'secretsmanager.cn-north-1.amazonaws.com.cn'],
    ['secretsmanager', 'eusc-de-east-1', DUAL, 'secretsmanager.eusc-de-east-1.api.amazonwebservices.eu'],
    ['rds', 'eu-west-1', {}, 'rds.eu-west-1.amazonaws.com'],
    ['rds', 'cn-north-1', {}, 'rds.cn-north-1.amazonaws.com.cn'],
    ['rds', 'us-iso-east-1', {}, 'rds.us-iso-east-1.c2s.ic.gov'],
    ['rds', 'eu-west-1', DUAL, 'rds.eu-west-1.api.aws'],
    ['rds', 'cn-north-1', DUAL, 'rds.cn-north-1.api.amazonwebservices.com.cn'],
    ['rds', 'us-east-1', FIPS, 'rds-fips.us-east-1.amazonaws.com'],
    ['rds', 'us-gov-west-1', FIPS, 'rds.us-gov-west-1.amazonaws.com'],
    ['rds', 'us-east-1', { ...DUAL, ...FIPS }, 'rds-fips.us-east-1.api.aws'],
  ])('of %s in %s with %j is %s', (service, region, environment, host) => {
    expect(find(service, { ...environment, AWS_REGION: region }, 'app')).toBe(`https://${host}/ for ${region}`);
  });

  test('is that of the region of the ARN', () => {
    expect(find('rds', { AWS_REGION: 'us-east-2' }, CLUSTER)).toBe(
      'https://rds.eu-west-1.amazonaws.com/ for eu-west-1',
    );
  });
});
