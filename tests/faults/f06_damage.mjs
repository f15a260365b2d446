// F6: the database is damaged between two lives of the daemon. It is refused with exit 78 and left as it is, or what is
// still good is served: never another account's secret, never a new database in its place.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { kStrict, World } from './lib/world.mjs';

const kDamage = fileURLToPath(new URL('lib/damage.py', import.meta.url));
const kNames = ['acme', 'beta'];
const kPage = 4096;
const kSwapped = [['grants', 'sealed'], ['grants', 'binding'], ['grants', 'generation'], ['heads', 'head'], ['accounts', 'definition'],
  ['access_tokens', 'sealed'], ['access_tokens', 'generation'], ['clients', 'sealed']];
const kCut = [['grants', 'sealed'], ['accounts', 'definition'], ['access_tokens', 'sealed'], ['heads', 'head']];

const edit = (path, change) => { const bytes = readFileSync(path); change(bytes); writeFileSync(path, bytes); };
const flip = (bytes, at, bit) => { bytes[at] ^= 1 << bit; };
const python = (...args) => execFileSync('python3', [kDamage, ...args]);

// Name and deed of every damage. path: the database.
function damages(size, tally, times) {
  const { random } = tally;
  const deeds = [];
  const add = (name, deed) => deeds.push([name, deed]);
  for (let page = 0; page * kPage < size; page += tally.full ? 1 : 3) {
    const at = page * kPage + random.below(8);
    add(`byte ${at} of page ${page}`, (path) => edit(path, (bytes) => flip(bytes, at, random.below(8))));
  }
  for (let i = 0; i < times; ++i) {
    const at = random.below(size);
    add(`a bit of byte ${at}`, (path) => edit(path, (bytes) => flip(bytes, at, random.below(8))));
  }
  for (let i = 0; i < times / 4; ++i) {
    const end = random.below(size);
    add(`cut to ${end} bytes`, (path) => truncateSync(path, end));
  }
  for (const [table, column] of kSwapped) add(`${table}.${column} swapped`, (path) => python(path, 'swap', table, column));
  for (const [table, column] of kCut) add(`${table}.${column} cut`, (path) => python(path, 'cut', table, column));
  add('another program\'s', (path) => python(path, 'foreign'));
  return deeds;
}

const digest = (path) => (existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : null);

async function start(world) {
  world.sandbox.daemon = world.sandbox.start('tokend', []);
  await Promise.race([world.sandbox.daemon.saw('stderr', /tokend: ready/).catch(() => {}), world.sandbox.daemon.exited]);
  return world.sandbox.daemon;
}

async function checkAnswers(world, tally, name, right) {
  let whole = 0;
  for (const account of kNames) {
    const served = await world.token(account);
    tally.check(served === null || served === right[account], `${name}: ${account} got a token that is not its own`);
    if (served !== null) whole += 1;
  }
  return whole;
}

// Exit 78 with the path, the cause and a command.
function isRefusal({ code, stderr }, path) {
  const [, cause, command] = /tokend: (.*): (mv|restore|install|tokend --state-dir) /.exec(stderr) ?? [];
  return code === 78 && command !== undefined && cause.includes(path) && /damaged|newer|another program|lost|not the key/.test(cause);
}

async function damaged(world, tally, template, right, [name, deed]) {
  const { state } = world.sandbox;
  const path = join(state, 'tokend.db');
  rmSync(state, { recursive: true });
  cpSync(template, state, { recursive: true });
  deed(path);
  const before = digest(path);
  const daemon = await start(world);
  if (daemon.over) {
    tally.refused += 1;
    tally.check(isRefusal(daemon.over, path), `${name}: exit ${daemon.over.code}: ${daemon.over.stderr}`);
    return tally.check(digest(path) === before, `${name}: a refused database was changed`);
  }
  const whole = await checkAnswers(world, tally, name, right);
  tally.partly += whole < kNames.length ? 1 : 0;
  const { code, stderr } = await world.stop();
  return tally.check(code === 0, `${name}: ended with ${code}: ${stderr}`);
}

// The log holds what is newest: without it the database is an old one, or none.
async function withoutLog(world, tally, template, right) {
  cpSync(template, world.sandbox.state, { recursive: true });
  await world.restart(tally);
  await world.refresh('beta');
  const newer = { ...right, beta: await world.token('beta') };
  await world.stop('SIGKILL');
  rmSync(join(world.sandbox.state, 'tokend.db-wal'));
  const daemon = await start(world);
  if (!daemon.over) await checkAnswers(world, tally, 'without its log', newer.beta === await world.token('beta') ? newer : right);
  const path = join(world.sandbox.state, 'tokend.db');
  tally.check(!daemon.over || isRefusal(daemon.over, path), `without its log: exit ${daemon.over?.code}: ${daemon.over?.stderr}`);
}

async function run(tally) {
  const world = await World.open(kStrict);
  Object.assign(tally, { refused: 0, partly: 0 });
  try {
    for (const name of kNames) await world.signIn(name);
    const right = { acme: await world.token('acme'), beta: await world.token('beta') };
    await world.stop();
    const template = join(world.sandbox.root, 'template');
    cpSync(world.sandbox.state, template, { recursive: true });
    const { length } = readFileSync(join(template, 'tokend.db'));
    for (const damage of damages(length, tally, tally.times(1000, 40))) {
      tally.round();
      await damaged(world, tally, template, right, damage);
    }
    tally.round();
    rmSync(world.sandbox.state, { recursive: true });
    await withoutLog(world, tally, template, right);
    tally.note = `${tally.refused} databases were refused, ${tally.partly} served what was whole`;
    tally.check(tally.refused > 0 && tally.partly > 0, 'too little was damaged');
  } finally {
    await world.close();
  }
}

export const lines = [{ id: 'F6', what: 'bits, pages, lengths, rows of the database; a foreign one; no log', needs: ['python3'], run }];
