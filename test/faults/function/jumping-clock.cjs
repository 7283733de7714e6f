// Loaded into each function's process before its code. A function that waits need not be waited for: at SIGUSR2 its clock
// jumps to its next timer, and where it has none that could end its waiting, to Lambda's time-out, which kills it. The
// same code runs with the same times; only nobody sits them out.
'use strict';

const fs = require('node:fs');
const timers = require('node:timers');
const promises = require('node:timers/promises');

const FROM_PARENT = 4;

const real = { now: Date.now, set: globalThis.setTimeout, clear: globalThis.clearTimeout, readSync: fs.readSync };
const pending = new Map();
let skew = 0;

const now = () => real.now() + skew;

function set(callback, ms, ...args) {
  const fire = () => {
    pending.delete(handle);
    real.clear(handle);
    callback(...args);
  };
  const handle = real.set(fire, ms);
  pending.set(handle, { handle, due: now() + (Number(ms) || 0), fire });
  return handle;
}

function clear(handle) {
  pending.delete(handle);
  real.clear(handle);
}

Date.now = now;
globalThis.setTimeout = timers.setTimeout = set;
globalThis.clearTimeout = timers.clearTimeout = clear;
const sleep = promises.setTimeout;
promises.setTimeout = (ms, value, options) =>
  options?.signal === undefined ? new Promise((resolve) => set(resolve, ms, value)) : sleep(ms, value, options);

process.on('SIGUSR2', () => {
  // What nobody waits for, such as the end of an idle connection, has no reference.
  const [next] = [...pending.values()]
    .filter(({ handle }) => handle.hasRef())
    .sort((one, other) => one.due - other.due);
  if (next === undefined) {
    process.kill(process.pid, 'SIGKILL');
    return;
  }
  skew += Math.max(0, next.due - now());
  next.fire();
});

// The next invocation is read: its time begins now.
fs.readSync = (file, ...rest) => {
  if (file === FROM_PARENT) {
    skew = 0;
    pending.clear();
  }
  return real.readSync(file, ...rest);
};
