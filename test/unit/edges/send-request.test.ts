import { createServer, type AddressInfo, type Server } from 'node:net';
import { sendRequest } from '../../../lambda/edges/send-request';

let server: Server | undefined;
afterEach(() => new Promise((resolve) => server?.close(resolve)));

/** Somebody who says this to everything, and nothing more. */
async function saying(text: string): Promise<string> {
  server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => socket.write(text));
    socket.on('end', () => socket.end());
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function send(url: string, timeoutMs = 5_000): Promise<unknown> {
  return sendRequest({ url, method: 'POST', headers: {}, body: 'x' }, timeoutMs);
}

test('an answer is given whatever its status is', async () => {
  const url = await saying('HTTP/1.1 503 Slow Down\r\ncontent-length: 2\r\n\r\nno');
  expect(await send(url)).toEqual({ status: 503, statusText: 'Slow Down', body: 'no' });
});

test('another protocol in the place of an answer is an error, and not waited for', async () => {
  const url = await saying('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n');
  await expect(send(url)).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('an answer that stops in its middle ends with the time', async () => {
  const url = await saying('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nno');
  await expect(send(url, 100)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
});
