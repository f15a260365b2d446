// Chance that can be had again: the same seed, the same numbers.
export class Random {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  // 0 <= number < 1 (mulberry32)
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(bound) {
    return Math.floor(this.next() * bound);
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  // A generator of its own for each line of the matrix: one line alone sees what it sees among all.
  static of(seed, name) {
    let mixed = seed >>> 0;
    for (const letter of name) mixed = (Math.imul(mixed, 31) + letter.codePointAt(0)) >>> 0;
    return new Random(mixed);
  }
}
