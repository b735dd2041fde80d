// An address that answers nothing: its listen backlog is full, so the system drops what asks for a connection.
import { cleanUp } from './cleanup.ts';
import { launch } from './run.ts';

/** Node accepts by itself; Python listens and never does. The queue is filled by connections of its own. */
const LISTENER = `
import socket, sys, time
listener = socket.socket()
listener.bind(('127.0.0.1', 0))
listener.listen(0)
waiting = []
for _ in range(4):
    one = socket.socket()
    one.setblocking(False)
    one.connect_ex(listener.getsockname())
    waiting.append(one)
time.sleep(0.2)
print(listener.getsockname()[1], flush=True)
time.sleep(600)
`;

/** Its port on 127.0.0.1. */
export async function blackHole(): Promise<number> {
  const running = launch('python3', ['-c', LISTENER]);
  cleanUp(() => running.kill('SIGKILL'));
  return Number(await running.waitForStdout(/^\d+\n/));
}
