// A private home for one daemon: temporary directories, an environment that names only them, the daemon
// and tokenctl run in it. close() ends what was started here and removes everything.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { shownBy, withDescendants } from './process_table.mjs';
import { program } from './programs.mjs';
import { run, Running } from './process.mjs';

const kPassedOn = ['PATH', 'LANG', 'ASAN_OPTIONS', 'UBSAN_OPTIONS', 'LSAN_OPTIONS', 'TSAN_OPTIONS'];

export const kTalkative = 'log_level = "debug"\n';  // a configuration: where logs are searched, let there be many

export class Sandbox {
  #started = [];
  #daemons = [];
  #said = '';  // on stderr, by the commands that were run to their end
  #processes = {};  // the arguments and environment of each that was seen, whether it lives or not

  static async create({ config } = {}) {
    const root = await mkdtemp(join(tmpdir(), 'tokend-e2e-'));
    const sandbox = new Sandbox(root);
    for (const dir of [sandbox.home, sandbox.runtime, sandbox.state, sandbox.config]) {
      await mkdir(dir, { recursive: true, mode: 0o700 });
    }
    if (config) await writeFile(join(sandbox.config, 'tokend.toml'), config, { mode: 0o600 });
    return sandbox;
  }

  constructor(root) {
    this.root = root;
    this.home = join(root, 'home');
    this.runtime = join(root, 'run');
    this.state = join(this.home, '.local/state/tokend');
    this.config = join(this.home, '.config/tokend');
    this.socket = join(this.runtime, 'tokend/io.tokend.Broker');
    this.env = { HOME: this.home, XDG_RUNTIME_DIR: this.runtime };
    for (const name of kPassedOn) if (process.env[name]) this.env[name] = process.env[name];
  }

  // within: words of a command that becomes the program, such as ['unshare', '--net'].
  start(name, args, { within = [], ...options } = {}) {
    const [file, ...words] = [...within, program(name), ...args];
    const env = { ...this.env, ...options.env };
    this.#noteStart(file, words, env);
    const running = new Running(file, words, { ...options, env });
    this.#started.push(running);
    return running;
  }

  // The daemon, serving.
  async startDaemon(args = [], options = {}) {
    this.daemon = this.start('tokend', args, options);
    this.#daemons.push(this.daemon);
    await this.daemon.saw('stderr', /tokend: ready on (\S+)/);
    return this.daemon;
  }

  async restartDaemon(signal = 'SIGKILL') {
    await this.daemon.kill(signal);
    return this.startDaemon();
  }

  async tokenctl(...args) {
    const { input, ...options } = typeof args.at(-1) === 'object' ? args.pop() : {};
    const env = { ...this.env, ...options.env };
    this.#noteStart(program('tokenctl'), args, env);
    const result = await run(program('tokenctl'), args, { ...options, input, env });
    this.#said += result.stderr;
    return result;
  }

  // As above; what it printed, parsed. The command has to succeed, but `status` speaks by its exit code too.
  async json(...args) {
    const result = await this.tokenctl(...args, '--json');
    const spoken = args[0] === 'status' ? [0, 3, 5, 7, 9] : [0];
    if (!spoken.includes(result.code)) throw new Error(`tokenctl ${args.join(' ')}: exit ${result.code}: ${result.stderr}`);
    return JSON.parse(result.stdout);
  }

  // Notes what the programs that live, and all that they have started, show of themselves to whoever looks.
  async noteProcesses() {
    const alive = this.#started.filter((running) => !running.over).map((running) => running.pid);
    Object.assign(this.#processes, await shownBy(await withDescendants(alive)));
  }

  #noteStart(file, words, env) {
    const which = `${words[0] ?? ''} ${Object.keys(this.#processes).length}`;
    this.#processes[`start of ${basename(file)} ${which}`] = [file, ...words, ...Object.values(env)].join('\0');
  }

  // Where no secret may be found, as lib/canaries.mjs wants it. What tokenctl prints on stdout is not among it.
  async places() {
    await this.noteProcesses();
    const logs = Object.fromEntries(this.#started.map((running, i) => [`stderr of ${running.name} ${i}`, running.stderr]));
    for (const [i, daemon] of this.#daemons.entries()) logs[`stdout of the daemon ${i}`] = daemon.stdout;
    return {
      directories: [this.state, this.config, this.runtime],
      texts: { ...logs, ...this.#processes, 'stderr of tokenctl': this.#said },
    };
  }

  async file(name, content) {
    const path = join(this.root, name);
    await writeFile(path, content, { mode: 0o600 });
    return path;
  }

  async close() {
    await Promise.allSettled(this.#started.map((running) => running.kill('SIGKILL')));
    await rm(this.root, { recursive: true, force: true });
  }
}
