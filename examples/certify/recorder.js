// Stands before the function's own handlers and writes down what they are asked and what they answer, one JSON object a line
// with the key "certify". It changes nothing. A ResponseURL is as good as a password: its host and times are all that is kept.
'use strict';

const { X509Certificate } = require('node:crypto');
const fs = require('node:fs');
const https = require('node:https');
const path = require('node:path');
const tls = require('node:tls');
const own = require('./index.js');

/** The id that Lambda gave the invocation that runs. */
let invocation;

/** On a pipe this writes at once: also the last line of a process that dies is there. */
function record(certify, fields) {
  process.stdout.write(`${JSON.stringify({ certify, time: new Date().toISOString(), invocation, ...fields })}\n`);
}

function place(url) {
  const { host, searchParams } = new URL(url);
  return { host, signedAt: searchParams.get('X-Amz-Date'), expires: searchParams.get('X-Amz-Expires') };
}

function withoutUrl(event) {
  if (typeof event !== 'object' || event === null) return event;
  // The record of an on-failure destination holds the request, and in it the URL.
  return JSON.parse(JSON.stringify(event), (key, value) =>
    key === 'ResponseURL' && typeof value === 'string' ? place(value) : value,
  );
}

/** Digest of the release that this code is of. */
function digestOfCode() {
  return JSON.parse(fs.readFileSync(path.join(__dirname, 'manifest.json'), 'utf8')).digest;
}

/** The certificates that are trusted besides Node's own. */
function authorities() {
  const file = process.env.NODE_EXTRA_CA_CERTS;
  if (file === undefined) return { file: null };
  try {
    const texts =
      fs.readFileSync(file, 'utf8').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    const names = texts.map((text) => new X509Certificate(text).subject.replaceAll('\n', ', '));
    return { file, certificates: names.length, ofRds: names.filter((name) => name.includes('RDS')).length };
  } catch (error) {
    return { file, problem: String(error.code ?? error.message) };
  }
}

// A process may load this more than once, as in the rehearsal: what it finds then is its own.
const PLAIN = Symbol.for('certify.plain');
const request = https.request[PLAIN] ?? https.request;
const connect = tls.connect[PLAIN] ?? tls.connect;

https.request = (url, options, onResponse) => {
  const sent = request(url, options, onResponse);
  if (options?.method !== 'PUT') return sent;
  const { end } = sent;
  sent.end = (body, ...rest) => {
    sent.once('response', ({ statusCode }) => record('answer', { http: statusCode, answer: JSON.parse(String(body)) }));
    return end.call(sent, body, ...rest);
  };
  return sent;
};
https.request[PLAIN] = request;

tls.connect = (...parameters) => {
  const socket = connect(...parameters);
  socket.once('secureConnect', () => {
    const chain = [];
    for (let each = socket.getPeerCertificate(true); each?.subject && chain.length < 5; each = each.issuerCertificate) {
      chain.push(each.subject.CN ?? each.subject.O ?? '');
      if (each.issuerCertificate === each) break;
    }
    const { servername, host } = parameters[0] ?? {};
    record('tls', { host: servername || host, authorized: socket.authorized, protocol: socket.getProtocol(), chain });
  });
  return socket;
};
tls.connect[PLAIN] = connect;

function recorded(name) {
  return async (event, context) => {
    invocation = context.awsRequestId;
    record('event', {
      handler: name,
      code: digestOfCode(),
      node: process.version,
      ca: authorities(),
      event: withoutUrl(event),
    });
    try {
      const result = await own[name](event, context);
      record('end', {});
      return result;
    } catch (error) {
      record('end', { error: error.message });
      throw error;
    }
  };
}

exports.handler = recorded('handler');
exports.onFailure = recorded('onFailure');
