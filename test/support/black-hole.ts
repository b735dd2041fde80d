// An address that does not respond: its listen backlog is full, so the system drops connection requests.
import { cleanUp } from './cleanup.ts';
import { launch } from './run.ts';

/** Node accepts connections by itself; Python can listen without accepting. The script then fills the queue itself. */
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

/** The port on 127.0.0.1. */
export async function blackHole(): Promise<number> {
  const running = launch('python3', ['-c', LISTENER]);
  cleanUp(() => running.kill('SIGKILL'));
  return Number(await running.waitForStdout(/^\d+\n/));
}
