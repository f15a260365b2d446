// tokend as the user's own service, installed from the build, and its clients. For tests that run inside the machine.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

import { run, Running } from '../../e2e/lib/process.mjs';
import { kBuild } from '../../e2e/lib/programs.mjs';

export const kPrefix = join(homedir(), '.local');
export const kSocket = join(process.env.XDG_RUNTIME_DIR ?? '', 'tokend/io.tokend.Broker');
const kKept = ['.local', '.config', '.cache'].map((name) => join(homedir(), name));

export const kUnit = 'tokend.service';

// A command that has to succeed; what it printed, on either stream.
export async function succeeds(file, ...args) {
  const { code, stdout, stderr } = await run(file, args, { env: process.env });
  assert.equal(code, 0, `${file} ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout + stderr;
}

export const systemctl = (...args) => succeeds('systemctl', '--user', ...args);

export async function property(name, unit = kUnit) {
  return (await systemctl('show', '--property', name, '--value', unit)).trim();
}

// What the service and systemd about it have said since the service was first started here: [{ MESSAGE, PRIORITY, .. }].
export async function journal() {
  const lines = await succeeds('journalctl', '--user', '--unit', kUnit, '--output', 'json', '--quiet');
  return lines.split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

// It has the face of e2e/lib/sandbox.mjs, for e2e/lib/login.mjs and accounts.mjs.
export class UserService {
  #started = [];

  static async install() {
    await succeeds('cmake', '--install', kBuild, '--prefix', kPrefix);
    await systemctl('daemon-reload');
    await systemctl('reset-failed');  // the starts of the test before do not count
    await systemctl('enable', '--now', 'tokend.socket');
    return UserService.installed();
  }

  // As it is.
  static async installed() {
    return new UserService(await mkdtemp(join(tmpdir(), 'tokend-user-')));
  }

  constructor(scratch) {
    this.scratch = scratch;
  }

  start(name, args) {
    const running = new Running(join(kPrefix, 'bin', name), args, { env: process.env });
    this.#started.push(running);
    return running;
  }

  tokenctl(...args) {
    return run(join(kPrefix, 'bin/tokenctl'), args, { env: process.env });
  }

  async status() {
    const { code, stdout, stderr } = await this.tokenctl('call', 'GetStatus');
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  }

  async configure(settings) {
    const directory = join(homedir(), '.config/tokend');
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeFile(join(directory, 'tokend.toml'), settings, { mode: 0o600 });
  }

  async configureUnit(lines) {
    const directory = join(homedir(), `.config/systemd/user/${kUnit}.d`);
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'test.conf'), lines);
    await systemctl('daemon-reload');
  }

  async file(name, content) {
    const path = join(this.scratch, name);
    await writeFile(path, content, { mode: 0o600 });
    return path;
  }

  // All of it is forgotten, the accounts too.
  async remove() {
    await Promise.allSettled(this.#started.map((running) => running.kill('SIGKILL')));
    await systemctl('disable', '--now', 'tokend.socket', kUnit);
    await Promise.all([this.scratch, ...kKept].map((path) => rm(path, { recursive: true, force: true })));
    await systemctl('daemon-reload');
  }
}
