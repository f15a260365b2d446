// scripts/quickstart with programs that are built already, in a HOME and a place for temporary files that are empty.
import { mkdir, mkdtemp, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { run, Running } from './process.mjs';
import { kBuild } from './programs.mjs';

const kScript = fileURLToPath(new URL('../../../scripts/quickstart', import.meta.url));

const kPatienceMs = 70_000;

export class QuickstartHome {
  static async create() {
    const home = new QuickstartHome(await mkdtemp(join(tmpdir(), 'tokend-quickstart-')));
    await Promise.all([mkdir(home.home), mkdir(home.temporary)]);
    return home;
  }

  constructor(root) {
    this.root = root;
    this.home = join(root, 'home');
    this.temporary = join(root, 'tmp');
  }

  // within: words of a command that becomes the script.
  run(args, { within = [], env: more = {} } = {}) {
    const [file, ...words] = [...within, kScript, ...args];
    const env = { PATH: process.env.PATH, HOME: this.home, TMPDIR: this.temporary, TOKEND_QUICKSTART_BUILD: kBuild, ...more };
    return Promise.race([run(file, words, { env }), this.#tooLate()]);
  }

  start(file, env) {
    return new Running(file, [], { env: { PATH: process.env.PATH, HOME: this.home, ...env } });
  }

  async program(name, script, directory = this.root) {
    const path = join(directory, name);
    await writeFile(path, script, { mode: 0o755 });
    return path;
  }

  // A PATH with all programs of ours but one, and stand-ins { name: shell script } for some.
  async pathWithout(missing, standIns = {}) {
    const bin = await mkdtemp(join(this.root, 'bin-'));
    const without = new Set([missing, ...Object.keys(standIns)]);
    for (const directory of process.env.PATH.split(':').reverse()) {
      for (const name of await readdir(directory).catch(() => [])) {
        if (without.has(name)) continue;
        await rm(join(bin, name), { force: true });
        await symlink(join(directory, name), join(bin, name));
      }
    }
    for (const [name, script] of Object.entries(standIns)) await this.program(name, `#!/bin/sh\n${script}\n`, bin);
    return bin;
  }

  // The files in it, and the processes that have to do with it.
  async leftovers() {
    const files = (await Promise.all([this.home, this.temporary].map((path) => readdir(path, { recursive: true })))).flat();
    return [...files, ...(await this.#processes()).map((pid) => `process ${pid}`)];
  }

  async remove() {
    for (const pid of await this.#processes()) process.kill(pid, 'SIGKILL');
    await rm(this.root, { recursive: true, force: true });
  }

  #tooLate() {
    return new Promise((_, reject) => {
      setTimeout(() => reject(new Error('the quickstart, or what it started, does not end')), kPatienceMs).unref();
    });
  }

  // Those whose program or log lies in it.
  async #processes() {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const ours = await Promise.all(pids.map((pid) => this.#isOurs(pid)));
    return pids.filter((_, i) => ours[i]).map(Number);
  }

  async #isOurs(pid) {
    const links = ['exe', 'fd/1', 'fd/2'].map((name) => readlink(`/proc/${pid}/${name}`).catch(() => ''));  // gone: none
    return (await Promise.all(links)).some((target) => target.startsWith(this.root));
  }
}
