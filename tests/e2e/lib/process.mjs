// Child processes: what they print is kept, what they print next can be waited for, and each is ended by
// its own process id. Waiting is bounded, and for what is told; only until() has to ask again and again.
import { spawn } from 'node:child_process';

const kPatienceMs = 60_000;

export class Running {
  #child;
  #watchers = new Set();
  stdout = '';
  stderr = '';

  // input: all that it reads; or with heldOpen, what it reads before endInput().
  constructor(file, args, { env, input, heldOpen, uid, gid } = {}) {
    this.name = file.split('/').at(-1);
    this.#child = spawn(file, args, { env, uid, gid, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
    for (const stream of ['stdout', 'stderr']) {
      this.#child[stream].setEncoding('utf8').on('data', (text) => {
        this[stream] += text;
        this.#look();
      });
    }
    if (input !== undefined) this.#child.stdin.on('error', () => {}).write(input);
    if (input !== undefined && !heldOpen) this.endInput();
    this.exited = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', (code, signal) => {
        this.over = { code, signal, stdout: this.stdout, stderr: this.stderr };
        resolve(this.over);
        this.#look();
      });
    });
  }

  get pid() {
    return this.#child.pid;
  }

  endInput() {
    this.#child.stdin.end();
  }

  kill(signal = 'SIGTERM') {
    if (!this.over) this.#child.kill(signal);
    return this.exited;
  }

  // The match of pattern in what was printed on stream so far or is printed later.
  saw(stream, pattern, patienceMs = kPatienceMs) {
    return new Promise((resolve, reject) => {
      const finish = (settle, value) => {
        clearTimeout(deadline);
        this.#watchers.delete(look);
        settle(value);
      };
      const look = () => {
        const match = pattern.exec(this[stream]);
        if (match) return finish(resolve, match);
        if (this.over) finish(reject, new Error(`${this.name} ended (${this.over.code}) without ${pattern}: ${this.stderr}`));
      };
      const deadline = setTimeout(
        () => finish(reject, new Error(`${this.name} did not print ${pattern}: ${this.stderr}`)), patienceMs);
      this.#watchers.add(look);
      look();
    });
  }

  #look() {
    for (const look of [...this.#watchers]) look();
  }
}

export async function run(file, args, options = {}) {
  const running = new Running(file, args, options);
  const deadline = setTimeout(() => running.kill('SIGKILL'), options.patienceMs ?? kPatienceMs);
  try {
    return await running.exited;
  } finally {
    clearTimeout(deadline);
  }
}

// Asks 20 times a second until the answer is true; for states that announce themselves to nobody. what: for the error.
export async function until(what, ask, patienceMs = kPatienceMs) {
  const deadline = Date.now() + patienceMs;
  while (Date.now() < deadline) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`this never happened: ${what}`);
}
