// Rounds that do not disturb each other, a few at once: most of their time they wait.
const kAtOnce = 8;  // as many logins as may be pending

export async function inTurns(rounds, play, tally) {
  const rest = [...rounds];
  const player = async () => {
    while (rest.length > 0) {
      tally.round();
      await play(rest.shift());
    }
  };
  await Promise.all(Array.from({ length: kAtOnce }, player));
}
