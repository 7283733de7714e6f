import { servers } from '../../servers';
import { startTestServers } from '../../start-servers';

const { TEST_DATABASE_URLS } = process.env;
afterEach(() => {
  delete process.env.TEST_DATABASE_URLS;
  if (TEST_DATABASE_URLS !== undefined) process.env.TEST_DATABASE_URLS = TEST_DATABASE_URLS;
});

test('the servers of TEST_DATABASE_URLS are those of the run, in this order, and none of them is ours', async () => {
  const [server] = servers();
  const other = server!.url.replace('127.0.0.1', 'localhost');
  process.env.TEST_DATABASE_URLS = ` ${other},\n${server!.url} `;
  const found = await startTestServers();
  expect(found.map(({ url }) => url)).toEqual([other, server!.url]);
  for (const { kind, ownServer, program } of found)
    expect({ kind, ownServer, program }).toEqual({ kind: server!.kind, ownServer: false, program: undefined });
});

test.each([
  ['postgres://x', 'TEST_DATABASE_URLS begins with postgres://; expected mysql://'],
  ['mysql://root:secret@127.0.0.1:1/', 'TEST_DATABASE_URLS names a server at 127.0.0.1:1 that does not answer'],
])('%s among them is an error, and not a run on the others', async (url, why) => {
  process.env.TEST_DATABASE_URLS = `${servers()[0]!.url},${url}`;
  await expect(startTestServers()).rejects.toThrow(why);
});
