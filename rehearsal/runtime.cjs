// What runs in the child process: Lambda's Node runtime, as far as a handler can see it. Plain JavaScript, because it is
// run by whichever Node the caller names, and never compiled.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { format } = require('node:util');

const TO_PARENT = 3;
const FROM_PARENT = 4;

const { handlerName, codeFolder, context: fixedContext } = JSON.parse(process.argv[2]);
const parent = process.ppid;
let requestId = '-';
let received = Buffer.alloc(0);

patchConsole();
process.on('uncaughtException', (error) => {
  send({ kind: 'crashed', error: describe(error) });
  process.exit(129);
});
process.on('unhandledRejection', (error) => {
  send({ kind: 'crashed', error: describe(error) });
  process.exit(128);
});
// While a handler runs nobody reads from the parent: its death shows in that another process has adopted us.
setInterval(() => {
  if (process.ppid !== parent) process.exit(1);
}, 200).unref();

void main();

async function main() {
  const start = process.hrtime.bigint();
  let handler;
  try {
    handler = await loadHandler();
  } catch (error) {
    send({ kind: 'crashed', error: describe(error) });
    process.exit(1);
  }
  const initMs = Number(process.hrtime.bigint() - start) / 1e6;
  for (;;) {
    const invocation = receive();
    requestId = invocation.requestId;
    const outcome = await invoke(handler, invocation);
    // In the same turn as the handler's promise settles: the process is frozen from here on, because receive() blocks
    // it. What the handler left undone does not go on before the next invocation, as it is in Lambda.
    process.stdout.write(`${invocation.endOfLog}\n`);
    process.stderr.write(`${invocation.endOfLog}\n`);
    send({ ...outcome, initMs, maxRssKb: peakMemoryKb() });
  }
}

/** getrusage's figure would be the parent's where that was larger: a new process inherits it. */
function peakMemoryKb() {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
}

async function loadHandler() {
  const [file, name] = splitHandler(handlerName);
  for (const extension of ['.js', '.cjs', '.mjs']) {
    const full = path.join(codeFolder, file + extension);
    if (!fs.existsSync(full)) continue;
    const loaded = extension === '.mjs' ? await import(full) : require(full);
    const handler = loaded[name];
    if (typeof handler === 'function') return handler;
    throw new Error(`${handlerName} is undefined or not exported`);
  }
  throw new Error(`Cannot find module '${file}'`);
}

function splitHandler(name) {
  const dot = name.lastIndexOf('.');
  return [name.slice(0, dot), name.slice(dot + 1)];
}

/** Node 24's semantics: a promise, no callback, and a context without done, succeed and fail. */
async function invoke(handler, { event, deadline }) {
  const context = {
    ...fixedContext,
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  try {
    const payload = await handler(JSON.parse(event), context);
    const json = JSON.stringify(payload);
    return { kind: 'returned', payload: json === undefined ? 'null' : json };
  } catch (error) {
    console.error('Invoke Error', error);
    return { kind: 'failed', error: describe(error) };
  }
}

function describe(error) {
  if (error instanceof Error) {
    return { errorType: error.name, errorMessage: error.message, trace: String(error.stack).split('\n') };
  }
  return { errorType: typeof error, errorMessage: format('%s', error), trace: [] };
}

/** Blocks until the parent sends the next line; its end is our end, so that no child outlives its parent. */
function receive() {
  for (;;) {
    const end = received.indexOf(10);
    if (end !== -1) {
      const line = received.subarray(0, end).toString('utf8');
      received = received.subarray(end + 1);
      return JSON.parse(line);
    }
    const chunk = Buffer.alloc(65536);
    const size = fs.readSync(FROM_PARENT, chunk);
    if (size === 0) process.exit(0);
    received = Buffer.concat([received, chunk.subarray(0, size)]);
  }
}

function send(message) {
  const bytes = Buffer.from(JSON.stringify(message) + '\n');
  for (let at = 0; at < bytes.length;) at += fs.writeSync(TO_PARENT, bytes, at);
}

/** Lambda's text format: time, request id, level and message, with tabs between them. */
function patchConsole() {
  const levels = { trace: 'TRACE', debug: 'DEBUG', log: 'INFO', info: 'INFO', warn: 'WARN', error: 'ERROR' };
  for (const [method, level] of Object.entries(levels)) {
    console[method] = (...args) => {
      process.stdout.write(`${new Date().toISOString()}\t${requestId}\t${level}\t${format(...args)}\n`);
    };
  }
}
