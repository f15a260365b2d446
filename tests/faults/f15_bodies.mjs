// F15: answers that do not end, are too large, come too slowly, or break the framing of HTTP. Each is given up within
// its bounds, the daemon does not grow, and the login is there afterwards.
import { gzipSync } from 'node:zlib';

import { RawProvider } from './lib/raw_provider.mjs';
import { inTurns } from './lib/turns.mjs';
import { World } from './lib/world.mjs';

const kMegabyte = 1 << 20;
const kMostSent = 8 * kMegabyte;  // 1 MiB is read; the rest is in the buffers of two sockets
const kMostGrowth = 40 * 1024;    // kilobytes: ten times the figure
const kDeadlineMs = 36_000;
const kChunk = Buffer.alloc(64 << 10, '{"a":');

// Writes until the reader has gone; how much it took.
function pour(response, fields, books) {
  response.writeHead(200, { 'content-type': 'application/json', ...fields });
  const more = () => {
    while (!response.destroyed && response.write(kChunk)) books.sent += kChunk.length;
    if (!response.destroyed) response.once('drain', () => { books.sent += kChunk.length; more(); });
  };
  more();
}

function drip(response) {
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 1000);
  response.on('close', () => clearInterval(timer));
}

const raw = (text) => (response) => response.socket.end(text);

const kBodies = {
  endless: { script: (response, tokens, books) => pour(response, {}, books) },
  'of 10 GiB': { script: (response, tokens, books) => pour(response, { 'content-length': 10 * 1024 * kMegabyte }, books) },
  'with an endless header': {
    script: (response, tokens, books) => {
      response.socket.write('HTTP/1.1 200 OK\r\n');
      const more = () => { while (!response.destroyed && response.socket.write(`x: ${kChunk}\r\n`)) books.sent += kChunk.length; };
      response.socket.on('drain', more);
      more();
    },
  },
  'shorter than its length': { script: raw('HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"access_token":"a"}') },
  'with a broken chunk': { script: raw('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n') },
  'with two lengths': { script: raw('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 700\r\n\r\n{}') },
  'that is no HTTP': { script: raw('SSH-2.0-OpenSSH_9.2\r\n') },
  'of a byte a second': { script: (response) => drip(response), fullOnly: true, patience: 40 },
};

async function received(world, tally, name, { script, patience = 2 }) {
  const { provider } = world;
  const account = name.replaceAll(' ', '-');
  const books = { sent: 0 };
  await provider.addSignedIn(world, account);
  const before = await world.token(account);
  provider.script(account, (response, tokens) => script(response, tokens, books));
  const began = Date.now();
  const { error } = await world.refresh(account, { timeout: patience });
  tally.check(error?.endsWith('TemporarilyUnavailable'), `an answer ${name}: ${error}`);
  tally.check(Date.now() - began < kDeadlineMs, `an answer ${name}: not given up`);
  tally.check(await world.token(account) === before, `an answer ${name}: the old token is not served`);
  tally.check(books.sent < kMostSent, `an answer ${name}: ${books.sent} bytes were taken`);
  provider.heal(account);
  await world.judge(tally, account);
}

// Decompressed it would be a thousand times as large. It was never asked for, so it is not decompressed.
async function bomb(world, tally) {
  const { provider } = world;
  await provider.addSignedIn(world, 'bomb');
  const packed = gzipSync(Buffer.alloc(200 * kMegabyte));
  const before = await world.token('bomb');
  let accepted = null;
  provider.script('bomb', (response, tokens, request) => {
    accepted = request.headers['accept-encoding'] ?? null;
    provider.send(response, 200, packed, { 'content-encoding': 'gzip' });
  });
  const { error } = await world.refresh('bomb', { timeout: 2 });
  tally.check(error !== undefined, 'a bomb was taken for a token');
  tally.check(accepted === null, `compression was asked for: ${accepted}`);
  tally.check(await world.token('bomb') === before, 'a bomb: the old token is not served');
}

async function run(tally) {
  const world = await World.open(await RawProvider.start());
  try {
    await world.provider.addSignedIn(world, 'first');
    const before = world.memory();
    const rounds = Object.entries(kBodies).filter(([, { fullOnly }]) => tally.full || !fullOnly);
    await inTurns(rounds, (round) => received(world, tally, ...round), tally);
    tally.round();
    await bomb(world, tally);
    const growth = world.memory() - before;
    tally.note = `grew by ${growth} KiB`;
    tally.check(growth < kMostGrowth, `it grew by ${growth} KiB`);
    await world.checkNothingSuperseded(tally);
  } finally {
    await world.close();
  }
}

export const lines = [{ id: 'F15', what: 'answers that are endless, giant, slow, compressed or badly framed', run }];
