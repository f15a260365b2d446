// The books of one line of the matrix: rounds, logins lost, things that were wrong, and why. It decides the verdict.
export class Tally {
  rounds = 0;
  lost = [];
  wrong = [];
  note = '';

  constructor(line, options, random) {
    this.line = line;
    this.full = options.full;
    this.random = random;
  }

  // How often: fewer in the run that everybody waits for.
  times(full, quick) {
    return this.full ? full : quick;
  }

  round() {
    this.rounds += 1;
  }

  lose(why) {
    this.lost.push(`round ${this.rounds}: ${why}`);
  }

  // Counted as wrong unless it holds.
  check(holds, why) {
    if (!holds) this.wrong.push(`round ${this.rounds}: ${why}`);
    return holds;
  }

  get verdict() {
    return this.rounds > 0 && this.lost.length === 0 && this.wrong.length === 0 ? 'pass' : 'FAIL';
  }
}
