// A name server that hears every question and answers none until it is told to, and the words that let a program ask
// nobody else: it runs in a mount namespace where resolv.conf names this server. Needs root.
import { createSocket } from 'node:dgram';

const kAddress = '127.77.53.1';  // loopback, and nobody else's
export const kPatienceMs = 20_000;  // for what is to happen while look-ups hang: they do for 30 s
const kNoSuchName = 0x8183;      // an answer, with recursion, of code 3 (RFC 1035 section 4.1.1)

export class SilentDns {
  #watchers = new Set();
  #questions = [];  // { bytes, from }
  #silent = true;

  static async start(sandbox) {
    const dns = new SilentDns();
    dns.socket = createSocket('udp4', (bytes, from) => dns.#hear({ bytes, from }));
    await new Promise((resolve, reject) => dns.socket.once('error', reject).bind(53, kAddress, resolve));
    // One question, and patience for the longest that the resolver allows.
    const resolv = await sandbox.file('resolv.conf', `nameserver ${kAddress}\noptions timeout:30 attempts:1\n`);
    const nsswitch = await sandbox.file('nsswitch.conf', 'hosts: files dns\n');
    dns.within = ['unshare', '--mount', 'sh', '-ec',
      'mount --bind "$1" /etc/resolv.conf; test ! -e /etc/nsswitch.conf || mount --bind "$2" /etc/nsswitch.conf; shift 2; exec "$@"',
      'sh', resolv, nsswitch];
    return dns;
  }

  // Every one of these names is being asked for, and all at once: each look-up is a patient one.
  untilAskedFor(names) {
    return new Promise((resolve, reject) => {
      const missing = () => {
        const asked = new Set(this.#questions.map(({ bytes }) => nameIn(bytes)));
        return names.filter((name) => !asked.has(name));
      };
      const look = () => {
        if (missing().length > 0) return;
        clearTimeout(deadline);
        this.#watchers.delete(look);
        resolve();
      };
      const deadline = setTimeout(() => reject(new Error(`nobody asked for ${missing().join(', ')}`)), kPatienceMs);
      this.#watchers.add(look);
      look();
    });
  }

  // From now on there is no such name, and there never was.
  answer() {
    this.#silent = false;
    for (const question of this.#questions) this.#deny(question);
  }

  stop() {
    return new Promise((resolve) => this.socket.close(resolve));
  }

  #hear(question) {
    this.#questions.push(question);
    if (!this.#silent) this.#deny(question);
    for (const look of [...this.#watchers]) look();
  }

  #deny({ bytes, from }) {
    const answer = Buffer.from(bytes);
    answer.writeUInt16BE(kNoSuchName, 2);
    this.socket.send(answer, from.port, from.address);
  }
}

// The name of the first question: labels, each after its length.
function nameIn(message) {
  const labels = [];
  for (let at = 12; message[at] > 0; at += message[at] + 1) labels.push(message.toString('latin1', at + 1, at + 1 + message[at]));
  return labels.join('.');
}
