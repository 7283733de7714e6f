/** Where a service of AWS takes calls. */
export type Endpoint =
  | {
      readonly kind: 'endpoint';
      readonly url: string;
      /** For which calls are signed. */
      readonly region: string;
      /** The environment variable that says so; null where it is AWS's own. */
      readonly setBy: string | null;
    }
  /** `problem`: a sentence's part that says what is missing. */
  | { readonly kind: 'unknown'; readonly problem: string };

export type Service = keyof typeof SERVICES;

/** The services that the function calls: their own variable, and the partitions whose one name has both stacks. */
const SERVICES = {
  secretsmanager: { variable: 'AWS_ENDPOINT_URL_SECRETS_MANAGER', bothStacks: /^(?!us-iso|eu-isoe-|eusc-)/ },
  rds: { variable: 'AWS_ENDPOINT_URL_RDS', bothStacks: /^(?!)/ },
} as const;

/**
 * The endpoint as the AWS SDKs find it, so that an emulator, a gateway or a partition is reached the same way:
 * the service's variable, then the one for all services, then AWS's own; the resource's region, then the function's.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html
 *
 * @param resource its ARN; or its name, which says nothing of a region
 */
export function endpointOf(service: Service, resource: string, environment: NodeJS.ProcessEnv): Endpoint {
  const region = regionOf(resource, environment);
  if (region === null) {
    const problem = `no region is known: ${resource} names none, and neither AWS_REGION nor AWS_DEFAULT_REGION is set`;
    return { kind: 'unknown', problem };
  }
  const { variable } = SERVICES[service];
  const setBy = isOn(environment['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'])
    ? undefined
    : [variable, 'AWS_ENDPOINT_URL'].find((name) => environment[name]);
  if (setBy === undefined) return { kind: 'endpoint', url: awsUrl(service, region, environment), region, setBy: null };
  const url = environment[setBy] ?? '';
  if (!/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')) {
    return { kind: 'unknown', problem: `${setBy} is no URL that begins with http:// or https://` };
  }
  return { kind: 'endpoint', url, region, setBy };
}

/** The region of an ARN, else the function's; null where there is none. */
export function regionOf(resource: string, environment: NodeJS.ProcessEnv): string | null {
  const own = resource.startsWith('arn:') ? resource.split(':')[3] : undefined;
  return own || environment['AWS_REGION'] || environment['AWS_DEFAULT_REGION'] || null;
}

/**
 * Domains of AWS's partitions by the beginning of their regions; the second is that of names with both stacks. Source:
 * partitions.json and the endpoint rule sets of botocore 1.43.
 */
const DOMAINS: readonly (readonly [RegExp, string, string])[] = [
  [/^cn-/, 'amazonaws.com.cn', 'api.amazonwebservices.com.cn'],
  [/^eusc-/, 'amazonaws.eu', 'api.amazonwebservices.eu'],
  [/^us-iso-/, 'c2s.ic.gov', 'api.aws.ic.gov'],
  [/^us-isob-/, 'sc2s.sgov.gov', 'api.aws.scloud'],
  [/^eu-isoe-/, 'cloud.adc-e.uk', 'api.cloud-aws.adc-e.uk'],
  [/^us-isof-/, 'csp.hci.ic.gov', 'api.aws.hci.ic.gov'],
  [/^/, 'amazonaws.com', 'api.aws'],
];

function awsUrl(service: Service, region: string, environment: NodeJS.ProcessEnv): string {
  const [, domain = '', domainOfBoth = ''] = DOMAINS.find(([regions]) => regions.test(region)) ?? [];
  const isDualStack = isOn(environment['AWS_USE_DUALSTACK_ENDPOINT']) && !SERVICES[service].bothStacks.test(region);
  // In GovCloud, RDS's one name is the one with FIPS.
  const isFips =
    isOn(environment['AWS_USE_FIPS_ENDPOINT']) && (service !== 'rds' || isDualStack || !region.startsWith('us-gov-'));
  return `https://${service}${isFips ? '-fips' : ''}.${region}.${isDualStack ? domainOfBoth : domain}/`;
}

function isOn(value: string | undefined): boolean {
  return value?.toLowerCase() === 'true';
}
