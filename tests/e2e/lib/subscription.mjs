// What the daemon tells its subscribers, waited for.
import { connect, message } from './socket.mjs';

// The first event about the account that holds() of it, the one that tells how it stands now among them.
export async function untilTold(path, account, holds) {
  const connection = connect(path);
  connection.send(message('Subscribe', { accounts: [account] }, { more: true }));
  try {
    for (let told = 0; ; ++told) {
      await connection.until(new RegExp(`^([^\\0]*\\0){${told + 1}}`));
      const { parameters } = JSON.parse(connection.received.split('\0')[told]);
      if (parameters.account === account && holds(parameters)) return parameters;
    }
  } finally {
    connection.socket.destroy();
  }
}
