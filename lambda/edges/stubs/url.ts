/**
 * Stands in for Node's `url` in `cfn-response`, which calls the deprecated `url.parse`: on Node 24 that writes a
 * warning into the log of every run. `cfn-response` reads `hostname` and `path` of the answer and nothing else.
 */
export function parse(text: string): { hostname: string; path: string } {
  const { hostname, pathname, search } = new URL(text);
  return { hostname, path: pathname + search };
}
