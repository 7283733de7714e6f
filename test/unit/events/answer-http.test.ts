import { parseHttpRequest } from '../../../lambda/events/answer-http';

const request = (method: unknown, rawPath: unknown): object => ({ rawPath, requestContext: { http: { method } } });
const parse = (event: object): ReturnType<typeof parseHttpRequest> =>
  parseHttpRequest(event as Record<string, unknown>);

test.each([
  {},
  { requestContext: null },
  { requestContext: 'http' },
  { requestContext: {} },
  { requestContext: { http: null } },
])('an event such as %j is no request to the URL', (event) => {
  expect(parse(event)).toBeNull();
});

test.each([
  ['/', 404],
  ['/status/', 404],
  ['__proto__', 404],
  ['constructor', 404],
  [undefined, 404],
  ['/migrate', 405],
])('a GET of %s is refused with %i', (path, statusCode) => {
  expect(parse(request('GET', path))).toMatchObject({ kind: 'refused', response: { statusCode } });
});

test.each([
  ['POST', '/migrate', 'up'],
  ['GET', '/status', 'status'],
])('%s %s is the command %s', (method, path, command) => {
  expect(JSON.stringify(parse(request(method, path)))).toContain(`"${command}"`);
});

test.each([
  [{ body: '{"command":"down","all":true}' }, 400],
  [{ body: 'eyJjb21tYW5kIjoiZG93biJ9', isBase64Encoded: true }, 400],
  [{ rawQueryString: 'dry-run=1' }, 400],
  [{ rawQueryString: '', body: '{}' }, null],
  [{ rawQueryString: '', body: '' }, null],
])('what is sent along must be nothing: %j', (sent, statusCode) => {
  const read = parse({ ...request('POST', '/migrate'), ...sent });
  expect(read).toMatchObject(statusCode === null ? { kind: 'command' } : { kind: 'refused', response: { statusCode } });
});
