/**
 * Whether a value only stands in for one that the CDK has yet to look up (`DatabaseCluster.fromLookup`,
 * `StringParameter.valueFromLookup`). The app is synthesized with it once, to find out what to look up, and again with the
 * real one: an error at the first time would keep it from ever being looked up.
 */
export function isNotLookedUpYet(value: string): boolean {
  return /^(testaddress$|dummy-value-for-)/i.test(value);
}
