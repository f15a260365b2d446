// The daemon's socket without tokenctl: raw bytes, one varlink call, one HTTP request.
import { request } from 'node:http';
import { createConnection } from 'node:net';

// A connection that keeps what it receives. closed: resolves at the end of the connection.
export function connect(path) {
  const socket = createConnection({ path, allowHalfOpen: true });
  const connection = { socket, received: '', send: (bytes) => socket.write(bytes) };
  const watchers = new Set();
  socket.setEncoding('utf8').on('data', (text) => {
    connection.received += text;
    for (const look of [...watchers]) look();
  });
  connection.closed = new Promise((resolve) => socket.on('error', () => {}).on('end', resolve).on('close', resolve));
  connection.until = (pattern) => new Promise((resolve, reject) => {
    const look = () => {
      const match = pattern.exec(connection.received);
      if (!match) return;
      watchers.delete(look);
      resolve(match);
    };
    watchers.add(look);
    connection.closed.then(() => reject(new Error(`closed before ${pattern}: ${connection.received}`)));
    look();
  });
  return connection;
}

export function message(method, parameters = {}, flags = {}) {
  const name = method.includes('.') ? method : `io.tokend.Broker.${method}`;
  return `${JSON.stringify({ method: name, parameters, ...flags })}\0`;
}

// The reply of one call: { parameters } or { error, parameters }.
export async function call(path, method, parameters = {}) {
  const connection = connect(path);
  connection.send(message(method, parameters));
  const [, reply] = await connection.until(/^([^\0]*)\0/);
  connection.socket.destroy();
  return JSON.parse(reply);
}

// { status, headers, body } of an HTTP request on the socket.
export function http(path, target, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: path, path: target, method, headers: { host: 'localhost', ...headers } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part) => { text += part; });
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: text }));
    });
    asked.on('error', reject).end(body);
  });
}
