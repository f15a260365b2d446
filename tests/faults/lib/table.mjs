// How the matrix looks. It knows nothing of faults.
const kWidth = 66;

const columns = (id, rounds, lost, wrong, verdict, seconds, what) =>
  `${id.padEnd(5)}${what.padEnd(kWidth)}${rounds.padStart(8)}${lost.padStart(6)}${wrong.padStart(7)}  ${verdict.padEnd(9)}${seconds.padStart(6)}`;

export function header() {
  return columns('ID', 'rounds', 'lost', 'wrong', 'verdict', 's', 'fault');
}

export function row({ id, what, rounds, lost, wrong, verdict, seconds, note }) {
  const count = (value) => (value === undefined ? '-' : String(value.length ?? value));
  const line = columns(id, count(rounds), count(lost), count(wrong), verdict, seconds?.toFixed(0) ?? '-', what);
  return note ? `${line}  ${note}` : line;
}
