// What runs in the child process: Lambda's Node runtime, as far as a handler can see it. Plain JavaScript, because it is
// run by whichever Node the caller names, and never compiled.
'use strict';

const { createHash } = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const Module = require('node:module');
const { Socket } = require('node:net');
const path = require('node:path');
const { format } = require('node:util');
const vm = require('node:vm');

const TO_PARENT = 3;
const FROM_PARENT = 4;

const CLOSING_MS = 200;
const STREAMS = new Set([process.stdout, process.stderr]);
const { write: writeToSocket } = Socket.prototype;
const { _compile: compileModule } = Module.prototype;
const GLOBALS = new Set(Reflect.ownKeys(globalThis));
// What a pipe does not take at once would otherwise be written later, when this process is frozen already.
for (const stream of STREAMS) stream._handle.setBlocking(true);

/** Characters of a source, as only a bundle has them. */
const LARGE = 65_536;
/** What V8 has made of large sources, by their hash. */
const compiled = new Map();

const parent = process.ppid;
let requestId = '-';
let received = Buffer.alloc(0);

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

/** The first message is what to load. */
async function main() {
  for (let environment; ;) {
    const message = receive();
    switch (message.kind) {
      case 'load':
        environment = await load(message);
        break;
      case 'invoke':
        await handle(environment, message);
        break;
      case 'unload':
        await unload();
        break;
    }
  }
}

/** Begins an environment: the code anew, even where it is the one of the environment before. */
async function load({ handlerName, codeFolder, compiledFolder, context, variables }) {
  const start = process.hrtime.bigint();
  const fresh = [];
  Module.prototype._compile = function (source, file, format, ...rest) {
    if (source.length >= LARGE && format !== 'module' && runCompiled(this, source, file, compiledFolder, fresh)) return;
    compileModule.call(this, source, file, format, ...rest);
  };
  for (const name of Object.keys(process.env)) if (!(name in variables)) delete process.env[name];
  Object.assign(process.env, variables);
  process.chdir(codeFolder);
  for (const file of Object.keys(require.cache)) delete require.cache[file];
  patchConsole();
  try {
    const handler = await loadHandler(handlerName, codeFolder);
    return { handler, context, compiledFolder, fresh, initMs: Number(process.hrtime.bigint() - start) / 1e6 };
  } catch (error) {
    send({ kind: 'crashed', error: describe(error) });
    return process.exit(1);
  }
}

async function handle({ handler, context, compiledFolder, fresh, initMs }, invocation) {
  requestId = invocation.requestId;
  Socket.prototype.write = writeToSocket;
  if (invocation.death !== undefined) dieAt(invocation.death);
  const outcome = await invoke(handler, context, invocation);
  // In the same turn as the handler's promise settles: the process is frozen from here on, because receive() blocks
  // it. What the handler left undone does not go on before the next invocation, as it is in Lambda.
  process.stdout.write(`${invocation.endOfLog}\n`);
  process.stderr.write(`${invocation.endOfLog}\n`);
  send({ ...outcome, initMs, maxRssKb: peakMemoryKb() });
  for (const each of fresh.splice(0)) keepCompiled(each, compiledFolder);
}

/**
 * Runs a large CommonJS source from what V8 has made of it before, in this process or in another one: to compile it takes
 * longer than all else that an environment begins with. False where it is to be compiled as ever.
 */
function runCompiled(module, source, file, folder, fresh) {
  const hash = createHash('sha256').update(source).digest('hex');
  const cachedData = compiled.get(hash) ?? readCompiled(hash, folder);
  let script;
  try {
    script = new vm.Script(Module.wrap(source), {
      filename: file,
      columnOffset: -Module.wrapper[0].length,
      cachedData,
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
  } catch {
    return false;
  }
  if (cachedData === undefined || script.cachedDataRejected) fresh.push({ hash, script });
  else compiled.set(hash, cachedData);
  const run = script.runInThisContext();
  run.call(module.exports, module.exports, Module.createRequire(file), module, file, path.dirname(file));
  return true;
}

/** After an invocation, for V8 compiles a function when it is called. */
function keepCompiled({ hash, script }, folder) {
  const data = script.createCachedData();
  compiled.set(hash, data);
  if (folder === undefined) return;
  const own = path.join(folder, `${hash}.${process.pid}`);
  try {
    fs.writeFileSync(own, data);
    fs.renameSync(own, path.join(folder, nameCompiled(hash)));
  } catch {
    // The rehearsal has ended, and its folder is gone.
  }
}

function readCompiled(hash, folder) {
  try {
    return folder === undefined ? undefined : fs.readFileSync(path.join(folder, nameCompiled(hash)));
  } catch {
    return undefined;
  }
}

/** V8 refuses what another version of it has made, or one with other options. */
function nameCompiled(hash) {
  return `compiled-${hash}-${process.version}-${process.execArgv.length}`;
}

/** Kills this process at the moment that was asked for. The server's connection is TLS: only here statements can be read. */
function dieAt(death) {
  if (death.kind === 'at-start') die();
  let carriedOutOn;
  Socket.prototype.write = function (chunk, ...rest) {
    // Whoever sends something more on that connection has the answer to what he sent before.
    if (carriedOutOn === this) die();
    if (Buffer.isBuffer(chunk) && chunk.includes(death.statement)) carriedOutOn = this;
    return writeToSocket.call(this, chunk, ...rest);
  };
}

function die() {
  process.kill(process.pid, 'SIGKILL');
}

/**
 * Ends an environment but not the process, for another one to begin in it. Where anything was left undone the process
 * ends, as it does in Lambda: nothing of it may go on.
 */
async function unload() {
  http.globalAgent.destroy();
  https.globalAgent.destroy();
  renewFetch();
  const sockets = process._getActiveHandles().filter((handle) => handle instanceof Socket && !STREAMS.has(handle));
  if (sockets.length === 0 && process.getActiveResourcesInfo().includes('Timeout')) process.exit(0);
  // What was closed need not be closed yet: the other end, the TLS above it and the timer of its request have a say.
  const deadline = Date.now() + CLOSING_MS;
  while (hasActiveResources()) {
    if (Date.now() > deadline) process.exit(0);
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (const name of Reflect.ownKeys(globalThis)) {
    if (!GLOBALS.has(name) && !isFetchDispatcher(name)) delete globalThis[name];
  }
  send({ kind: 'unloaded' });
}

/** The connections of `fetch` are kept where all copies of its library find them, under one name or two. */
function renewFetch() {
  for (const name of Reflect.ownKeys(globalThis).filter(isFetchDispatcher)) {
    const old = globalThis[name];
    globalThis[name] = new old.constructor();
    void old.destroy();
  }
}

function isFetchDispatcher(name) {
  return typeof name === 'symbol' && name.description.startsWith('undici.globalDispatcher.');
}

/** Whether anything is active besides the standard streams. */
function hasActiveResources() {
  return process.getActiveResourcesInfo().some((resource) => resource !== 'PipeWrap');
}

/** getrusage's figure would be the parent's where that was larger: a new process inherits it. */
function peakMemoryKb() {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
}

async function loadHandler(handlerName, codeFolder) {
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
async function invoke(handler, fixedContext, { event, deadline }) {
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
